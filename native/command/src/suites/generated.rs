//! Whether the files made from the manifest are those that are checked in.

use std::process::Command;

use aw_runtimes::Result;

use super::{Ctx, Outcome};

/// `authorworks gen --check`.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut command = Command::new(std::env::current_exe()?);
    outcome.count(ctx.call(command.args(["gen", "--check"]).current_dir(&ctx.checkout))?);
    Ok(outcome)
}
