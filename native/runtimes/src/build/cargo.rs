//! Running Cargo and learning from its messages where the artifacts are.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, IsTerminal, Read},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{Error, Result, process::find};

/// Cargo: the one that runs us, else the one on `PATH` or in its usual place.
///
/// # Errors
/// There is none.
pub fn program() -> Result<PathBuf> {
    std::env::var_os("CARGO")
        .map(PathBuf::from)
        .filter(|file| crate::process::executable(file))
        .or_else(|| find("cargo"))
        .ok_or_else(|| Error("cargo: not found: install Rust 1.95 or later (rustup.rs)".into()))
}

/// Cargo, without what a Cargo that runs us has told us of our own package: build scripts that look at it (ring's does)
/// would run again, and everything above them be built again, each time that the other way was taken.
///
/// # Errors
/// As [`program`].
pub fn command() -> Result<Command> {
    let mut command = Command::new(program()?);
    let ours = |name: &str| {
        name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || matches!(name, "OUT_DIR" | "CARGO_PRIMARY_PACKAGE" | "CARGO_CRATE_NAME" | "CARGO_BIN_NAME")
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
        command.env_remove(name);
    }
    Ok(command)
}

/// The part of Cargo's JSON messages that tells of a finished artifact.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

/// Which of an artifact's files is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A program of this machine.
    Program,
    /// A wasm module, of a program or a `cdylib`.
    Wasm,
}

/// Runs `command`, a `cargo build`, over `packages` and returns each one's file, in the same order.
///
/// # Errors
/// As [`artifacts`], or a package makes no such file.
pub(super) fn files(command: &mut Command, packages: &[&str], kind: Kind) -> Result<Vec<PathBuf>> {
    for package in packages {
        command.args(["--package", package]);
    }
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for artifact in artifacts(&packages.join(", "), command)? {
        let file = match kind {
            Kind::Program => artifact.executable,
            Kind::Wasm => artifact.filenames.into_iter().find(|file| file.extension().is_some_and(|e| e == "wasm")),
        };
        files.extend(file.map(|file| (package_name(&artifact.package_id).to_owned(), file)));
    }
    let file = |name: &&str| {
        files.remove(*name).ok_or_else(|| Error(format!("the package {name} was built but made no file to run")))
    };
    packages.iter().map(file).collect()
}

/// Runs `command`, a `cargo build` of a workspace with one program, and returns that.
///
/// # Errors
/// As [`artifacts`], or there is no program.
pub(crate) fn only_program(what: &str, command: &mut Command) -> Result<PathBuf> {
    let mut programs = artifacts(what, command)?.into_iter().filter_map(|artifact| artifact.executable);
    programs.next_back().ok_or_else(|| Error(format!("{what}: it was built but made no program")))
}

/// Runs a `cargo build` and returns what it made. Cargo's progress goes to a terminal; elsewhere it is kept for the
/// error.
///
/// # Errors
/// Cargo cannot be run or fails; its errors are in the message unless they are on the terminal.
fn artifacts(what: &str, command: &mut Command) -> Result<Vec<Message>> {
    let terminal = std::io::stderr().is_terminal();
    command.args(["--message-format", "json-render-diagnostics"]).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if terminal { Stdio::inherit() } else { Stdio::piped() });
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|e| Error(format!("{what}: cannot run {program}: {e}")))?;
    // Both pipes are read at once: Cargo would stop at a full one.
    let errors = child.stderr.take().map(|mut pipe| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = pipe.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    let mut artifacts = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let Ok(message) = serde_json::from_str::<Message>(&line?) else { continue };
        if message.reason == "compiler-artifact" {
            artifacts.push(message);
        }
    }
    let errors = errors.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if child.wait()?.success() {
        return Ok(artifacts);
    }
    Err(Error(format!("cargo could not build {what}\n{}", diagnostics(&errors))))
}

/// The name in a package id: `path+file:///w/edge/fastly#aw-fastly@0.1.0`, or, where the folder has the package's
/// name, `path+file:///w/fastly-hello#0.1.0`.
fn package_name(id: &str) -> &str {
    let (url, fragment) = id.rsplit_once('#').unwrap_or((id, ""));
    match fragment.split_once('@') {
        Some((name, _)) => name,
        None => url.rsplit('/').next().unwrap_or(url),
    }
}

/// Cargo's stderr without its lines of progress, at most 60 lines.
fn diagnostics(text: &str) -> String {
    let progress = |line: &&str| {
        let line = line.trim_start();
        ["Compiling ", "Checking ", "Downloading ", "Downloaded ", "Blocking ", "Updating ", "Locking ", "Fresh "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    text.lines().filter(|line| !progress(line)).take(60).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_in_both_forms_of_id() {
        assert_eq!(package_name("path+file:///w/edge/fastly#aw-fastly@0.1.0"), "aw-fastly");
        assert_eq!(package_name("path+file:///w/apps/fastly-hello#0.1.0"), "fastly-hello");
        assert_eq!(package_name("registry+https://x/y-index#serde@1.0.0"), "serde");
    }

    #[test]
    fn a_failed_build_shows_the_errors_and_not_the_progress() {
        let text = "   Compiling a v1\nerror[E0425]: no\n  --> src/lib.rs\n   Blocking waiting for file lock\n";
        assert_eq!(diagnostics(text), "error[E0425]: no\n  --> src/lib.rs");
    }
}
