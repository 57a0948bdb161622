//! How this machine compiles for a wasm target: with the toolchain it uses anyway, or with Debian's compiler.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

use super::{Target, cargo::command, sysroot, sysroot::Sysroot};
use crate::{Error, Result, cache::checkout, process::find, setup::apt};

/// A way to compile for wasm.
#[derive(Clone, Debug)]
pub enum Route {
    /// The toolchain that compiles the rest has the target's standard library: rustup's, or a distribution's.
    Toolchain,
    /// Debian's compiler with a standard library that was built from its source package.
    Debian(Sysroot),
}

/// The route for `target`. What has to be installed for it is installed; the first call in a process says on stderr
/// which route was taken. Without the network when everything is there.
///
/// # Errors
/// There is no route: the message has the reason for each and the remedy.
pub fn route(target: Target) -> Result<Route> {
    static CHOSEN: Mutex<BTreeMap<&'static str, Route>> = Mutex::new(BTreeMap::new());
    let mut chosen = CHOSEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(route) = chosen.get(target.triple()) {
        return Ok(route.clone());
    }
    let route = choose(target.triple())?;
    eprintln!("build: {} with {}", target.triple(), route.describe());
    chosen.insert(target.triple(), route.clone());
    Ok(route)
}

/// The route that is ready, with nothing installed: for a report. `None` if something has to be installed first.
pub(crate) fn ready(target: Target) -> Option<Route> {
    let triple = target.triple();
    let toolchain = forced() != Some(Forced::Debian) && toolchain_has(triple);
    if toolchain { Some(Route::Toolchain) } else { sysroot::ready(triple).map(Route::Debian) }
}

/// What the user decided.
#[derive(PartialEq, Eq)]
enum Forced {
    Toolchain,
    Debian,
}

fn forced() -> Option<Forced> {
    match std::env::var("AUTHORWORKS_WASM").ok()?.as_str() {
        "toolchain" => Some(Forced::Toolchain),
        "debian" => Some(Forced::Debian),
        _ => None,
    }
}

fn choose(triple: &'static str) -> Result<Route> {
    let forced = forced();
    if forced == Some(Forced::Debian) {
        return sysroot::make(triple).map(Route::Debian);
    }
    if toolchain_has(triple) {
        return Ok(Route::Toolchain);
    }
    // Before rustup is asked to download: on a machine where it cannot, it would be asked at every build.
    if let (None, Some(sysroot)) = (&forced, sysroot::ready(triple)) {
        return Ok(Route::Debian(sysroot));
    }
    let rustup = add_target(triple);
    if rustup.is_ok() && toolchain_has(triple) {
        return Ok(Route::Toolchain);
    }
    let debian = match forced {
        Some(_) => Error("AUTHORWORKS_WASM=toolchain rules them out".into()),
        None => match sysroot::make(triple) {
            Ok(sysroot) => return Ok(Route::Debian(sysroot)),
            Err(e) => e,
        },
    };
    let rustup = rustup.err().unwrap_or_else(|| "it added the target but the compiler does not see it".into());
    Err(Error(format!(
        "no compiler for {triple}\n  rustup target add {triple}: {rustup}\n  Debian's packages: {debian}"
    )))
}

/// Whether the compiler that builds the checkout has a standard library for `triple`.
fn toolchain_has(triple: &str) -> bool {
    let Some(rustc) = find("rustc") else { return false };
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", triple]).current_dir(checkout());
    let Ok(output) = without_cargo(&mut command).stdin(Stdio::null()).output() else { return false };
    has_std(Path::new(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Whether the folder holds a compiled standard library.
pub(crate) fn has_std(libdir: &Path) -> bool {
    let Ok(files) = libdir.read_dir() else { return false };
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Lets rustup add the target to the checkout's toolchain; the reason if it could not.
fn add_target(triple: &str) -> Result<(), String> {
    let rustup = find("rustup").ok_or("rustup is not installed")?;
    eprintln!("setup: rustup target add {triple}");
    let mut command = Command::new(rustup);
    command.args(["target", "add", triple]).current_dir(checkout()).stdin(Stdio::null());
    let output = without_cargo(&mut command).output().map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("failed").trim().to_owned())
}

/// Takes back what `cargo run` sets for its child and what the user set for the native build: another compiler's
/// libraries and wrappers.
fn without_cargo(command: &mut Command) -> &mut Command {
    let ours = ["CARGO", "LD_LIBRARY_PATH", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"];
    for name in ours.iter().chain(&["CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET_DIR", "CARGO_MAKEFLAGS"]) {
        command.env_remove(name);
    }
    command
}

impl Route {
    /// One line for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Toolchain => "the installed Rust toolchain".into(),
            Self::Debian(sysroot) => {
                format!("Debian's rustc {} and a standard library built from its source", sysroot.version)
            }
        }
    }

    /// The sysroot's folder, if the route has one of its own.
    pub fn sysroot(&self) -> Option<PathBuf> {
        match self {
            Self::Toolchain => None,
            Self::Debian(sysroot) => Some(sysroot.dir.clone()),
        }
    }

    /// `cargo SUBCOMMAND` of the route.
    pub(super) fn cargo(&self, subcommand: &str) -> Result<Command> {
        let Self::Debian(sysroot) = self else {
            let mut command = command()?;
            command.arg(subcommand);
            without_cargo(&mut command);
            return Ok(command);
        };
        // `cargo clippy` looks for cargo-clippy in ~/.cargo/bin first: rustup's, of another version.
        let clippy = Path::new("/usr/bin/cargo-clippy");
        let mut command = match subcommand {
            "clippy" => {
                if !clippy.is_file() {
                    apt::install(&["rust-web-clippy"])?;
                }
                Command::new(clippy)
            }
            _ => Command::new(sysroot::CARGO),
        };
        without_cargo(command.arg(subcommand));
        command.env("CARGO", sysroot::CARGO).env("RUSTC", sysroot.rustc()).env("SYSROOT", &sysroot.dir);
        Ok(command)
    }

    /// The compiler flags of the route.
    pub(super) fn flags(&self, target: Target) -> Vec<String> {
        match self {
            Self::Toolchain => Vec::new(),
            Self::Debian(sysroot) => sysroot.flags(target),
        }
    }
}
