//! Why a command did not do what it was asked to.

use std::process::ExitCode;

/// A failure in one line, or a paragraph where a tool's own words belong to it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was called wrongly: exit code 2.
    Usage(String),
    /// It could not be done: exit code 1.
    Failed(String),
}

impl Failure {
    /// Something could not be done.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self::Failed(why.into())
    }

    /// Tells it on stderr.
    pub(crate) fn tell(self) -> ExitCode {
        eprintln!("error: {self}");
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Usage(why) | Self::Failed(why)) = self;
        f.write_str(why)
    }
}

impl From<aw_runtimes::Error> for Failure {
    fn from(error: aw_runtimes::Error) -> Self {
        Self::Failed(error.0)
    }
}
