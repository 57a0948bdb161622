//! A stage, what it gets and what it gives.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use aw_runtimes::{Error, Result, cache, setup::NodeTools};
use serde::Serialize;

/// A part of `authorworks test`.
pub(crate) struct Stage {
    /// Its name on the command line and in the report.
    pub(crate) name: &'static str,
    /// Runs it. An error is for what kept it from running; a check that fails is in the outcome.
    pub(crate) run: fn(&Ctx) -> Result<Outcome>,
}

/// What a stage found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Checks that hold.
    pub(crate) passed: u32,
    /// Checks that do not.
    pub(crate) failed: u32,
    /// Checks that were not made, each with its reason.
    pub(crate) skipped: Vec<Skip>,
}

/// A check that was not made.
#[derive(Debug, Serialize)]
pub(crate) struct Skip {
    /// Its name.
    pub(crate) name: String,
    /// Why.
    pub(crate) reason: String,
}

impl Outcome {
    /// Counts one check.
    pub(crate) fn count(&mut self, holds: bool) {
        if holds { self.passed += 1 } else { self.failed += 1 }
    }

    /// Adds what another one found.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }

    /// Notes a check that cannot be made here.
    pub(crate) fn skip(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.skipped.push(Skip { name: name.into(), reason: reason.into() });
    }

    /// `N passed, N failed, N skipped`.
    pub(crate) fn counts(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped.len())
    }
}

/// What a stage works with.
pub(crate) struct Ctx {
    /// The root of the workspace.
    pub(crate) checkout: PathBuf,
    /// Whether this stage is all that was asked for.
    pub(crate) alone: bool,
    /// The seed of what is left to chance, where one was asked for.
    pub(crate) seed: Option<u64>,
    log: PathBuf,
}

impl Ctx {
    /// A context with an empty log at `log`.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn new(log: &Path) -> Result<Self> {
        let failed = |e| Error(format!("{}: {e}", log.display()));
        log.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
        File::create(log).map_err(failed)?;
        Ok(Self { checkout: cache::checkout(), alone: false, seed: None, log: log.to_owned() })
    }

    /// For a stage that is `alone`, with this `seed`.
    pub(crate) fn with(self, alone: bool, seed: Option<u64>) -> Self {
        Self { alone, seed, ..self }
    }

    /// Adds a line to the log.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn note(&self, line: impl std::fmt::Display) -> Result<()> {
        Ok(writeln!(self.append()?, "{line}")?)
    }

    /// Cargo with `words`, to be run in the checkout.
    ///
    /// # Errors
    /// There is no Cargo.
    pub(crate) fn cargo(&self, words: &[&str]) -> Result<Command> {
        let mut command = aw_runtimes::build::cargo_command()?;
        command.args(words).current_dir(&self.checkout).env("CARGO_TERM_COLOR", "never");
        Ok(command)
    }

    /// `PATH` with Node's tools and Cargo before the others, for tools that build with it.
    ///
    /// # Errors
    /// There is no Cargo.
    pub(crate) fn path(&self, tools: &NodeTools) -> Result<OsString> {
        let cargo = aw_runtimes::build::cargo_program()?;
        let rest = tools.path();
        let parts = cargo.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&rest));
        Ok(std::env::join_paths(parts).unwrap_or(rest))
    }

    /// Runs `command` with its output in the log: whether it succeeded.
    ///
    /// # Errors
    /// It cannot be started, or the log cannot be written.
    pub(crate) fn call(&self, command: &mut Command) -> Result<bool> {
        let log = self.append()?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let program = command.get_program().to_string_lossy().into_owned();
        let status = command.status().map_err(|e| Error(format!("cannot run {program}: {e}")))?;
        Ok(status.success())
    }

    /// As [`call`](Self::call), and what it printed.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub(crate) fn read(&self, command: &mut Command) -> Result<(bool, String)> {
        let start = self.log.metadata()?.len();
        let success = self.call(command)?;
        let mut file = File::open(&self.log)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes)?;
        Ok((success, String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn append(&self) -> Result<File> {
        Ok(File::options().append(true).open(&self.log)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_apart_from_what_the_log_already_has() {
        let dir = std::env::temp_dir().join(format!("aw-stage-{}", std::process::id()));
        let ctx = Ctx::new(&dir.join("a.log")).unwrap();
        ctx.note("before").unwrap();
        let (ok, text) = ctx.read(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!ok);
        assert_eq!(text, "out\nerr\n");
        assert_eq!(fs::read_to_string(dir.join("a.log")).unwrap(), "before\nout\nerr\n");
        assert!(ctx.call(&mut Command::new("/nonexistent")).is_err());
        fs::remove_dir_all(dir).unwrap();
    }
}
