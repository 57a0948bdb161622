//! `authorworks work`: what `up` starts beside the origin, and what runs beside one elsewhere.

use std::{path::PathBuf, process::ExitCode};

use crate::failure::Failure;

/// Do the origin's long work: exports as PDF
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file of JSON: program (the typesetter), origin (its URL), masterKey; authority, worker, leaseSeconds
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,
}

/// Works until it is ended.
///
/// # Errors
/// The settings cannot be read.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    aw_typesetter::run(&args.settings).map(|()| ExitCode::SUCCESS).map_err(Failure::new)
}
