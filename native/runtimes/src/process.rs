//! Running other programs: output to a log, its end in the error, a word now and then from those that take long.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{Error, Result, cache::at};

/// The path of the program `name` on `PATH`, or in Cargo's own bin folder, where rustup puts it and not every `PATH`
/// has it.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo/bin"));
    let cargo = std::env::var_os("CARGO_HOME").map(|dir| Path::new(&dir).join("bin")).or(home);
    std::env::split_paths(&path).chain(cargo).map(|dir| dir.join(name)).find(|file| executable(file))
}

/// Whether `file` is a file that may be run.
pub fn executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The first line that `program args` prints, such as a version. `None` if it cannot be run or fails.
pub fn first_line(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

/// Runs `command` with its output in `log`, telling every 20 s on stderr how far it is: `what`, the time, and the
/// last line of output.
///
/// # Errors
/// It cannot be started, or it failed: the message has the end of its output and the log's path.
pub fn run(what: &str, command: &mut Command, log: &Path) -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let started = command.spawn().map_err(|e| Error(format!("{what}: cannot run {program}: {e}")));
    // The command holds the pipe's other end for as long as it lives; without this the reading below never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = started?;
    let mut file = File::create(log).map_err(at(log))?;
    let (begun, mut told) = (Instant::now(), Instant::now());
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        file.write_all(&line)?;
        if told.elapsed() > Duration::from_secs(20) {
            told = Instant::now();
            let last = String::from_utf8_lossy(&line);
            eprintln!("setup: {what}: {} s: {}", begun.elapsed().as_secs(), last.trim());
        }
        line.clear();
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(Error(format!("{what}: {program} ended with {status}; its output is in {}\n{}", log.display(), tail(log, 15))))
}

/// The last `count` lines of the file `path`; empty if it cannot be read.
pub fn tail(path: &Path, count: usize) -> String {
    let mut bytes = Vec::new();
    let _ = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Puts the calling thread, and the processes that it starts, behind all others on the processors.
pub fn lowest_priority() {
    // On Linux this is about the thread. That it fails costs time only.
    let _ = rustix::process::nice(19);
}

/// Puts the calling thread, and the processes that it starts, before others on the processors, where that is allowed:
/// a measurement is of what is measured and not of what runs besides.
pub fn high_priority() {
    let _ = rustix::process::nice(-15);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_an_error_with_its_last_words() {
        let log = std::env::temp_dir().join(format!("aw-process-{}.log", std::process::id()));
        run("a step", Command::new("sh").args(["-c", "echo fine"]), &log).unwrap();
        assert_eq!(tail(&log, 5), "fine");
        let error =
            run("a step", Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]), &log).unwrap_err().0;
        assert!(error.starts_with("a step: sh ended with exit status: 3") && error.ends_with("one\ntwo"), "{error}");
        assert_eq!(tail(&log, 1), "two");
        std::fs::remove_file(&log).unwrap();
        assert!(run("a step", &mut Command::new("/nonexistent/program"), &log).unwrap_err().0.contains("cannot run"));
    }

    #[test]
    fn programs_are_found_and_folders_are_none() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
        assert!(!executable(Path::new("/")));
        assert_eq!(first_line("sh", &["-c", "echo 1.2; echo more"]).as_deref(), Some("1.2"));
        assert_eq!(first_line("sh", &["-c", "echo 1.2; exit 1"]), None);
    }
}
