//! `authorworks bench`: every figure that is quoted, beside what it is compared to, in one run.

use std::process::ExitCode;

use crate::failure::Failure;

/// Measure, and print each figure beside what it is compared to
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The bench
    pub(crate) name: String,
    /// One object with all figures
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs the bench called `args.name`.
///
/// # Errors
/// There is no such bench, or it cannot be run.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    Err(Failure::Usage(format!("bench: there is no bench {}", args.name)))
}
