//! `authorworks gen`: wrangler.toml, fastly.toml and spin.toml from the manifest `authorworks.toml`.

use std::process::ExitCode;

use crate::failure::Failure;

/// Write wrangler.toml, fastly.toml and spin.toml from the manifest
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where a file is not what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

/// Generates the files, or compares them.
///
/// # Errors
/// The manifest cannot be read.
pub(crate) fn run(_: &Args) -> Result<ExitCode, Failure> {
    Err(Failure::new("gen: authorworks.toml: there is no manifest"))
}
