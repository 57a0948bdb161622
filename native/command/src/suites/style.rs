//! Formatting, and clippy with its warnings denied.

use aw_runtimes::{
    Result,
    build::{Target, cargo_for},
};

use super::{Ctx, Outcome, packages::Workspace};

/// The workspaces that are not the checkout's own, with their own lock file.
pub(super) const APART: [&str; 3] = ["origin/spin/host/Cargo.toml", "native/pdf/Cargo.toml", "fuzz/Cargo.toml"];

/// `cargo fmt --check` over every workspace.
pub(super) fn fmt(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for manifest in ["Cargo.toml"].iter().chain(&APART).filter(|path| ctx.checkout.join(path).is_file()) {
        let mut command = ctx.cargo(&["fmt", "--all", "--check", "--manifest-path", manifest])?;
        outcome.count(ctx.call(command.args(["--", "--color", "never"]))?);
    }
    Ok(outcome)
}

/// Clippy over all that runs on this machine, then over each platform's packages for that platform's target. The
/// test host for Spin and the typesetter are left out: they would have wasmtime and typst compiled a second time.
pub(super) fn clippy(ctx: &Ctx) -> Result<Outcome> {
    let workspace = Workspace::read(ctx, &ctx.checkout.join("Cargo.toml"))?;
    let mut outcome = Outcome::default();
    let mut native = ctx.cargo(&["clippy", "--workspace", "--all-targets", "--keep-going", "--locked"])?;
    for package in workspace.members().filter(|package| package.target(ctx).is_some()) {
        native.args(["--exclude", &package.name]);
    }
    outcome.count(ctx.call(native.args(["--", "-D", "warnings"]))?);
    for target in Target::ALL {
        ctx.note(format_args!("-- {}", target.name()))?;
        let mut command = match cargo_for(target, "clippy") {
            Ok(command) => command,
            Err(e) => {
                ctx.note(e)?;
                outcome.count(false);
                continue;
            }
        };
        command.args(["--keep-going", "--locked"]);
        for package in workspace.members().filter(|package| package.target(ctx) == Some(target)) {
            command.args(["--package", &package.name]);
        }
        outcome.count(ctx.call(command.args(["--", "-D", "warnings"]))?);
    }
    Ok(outcome)
}
