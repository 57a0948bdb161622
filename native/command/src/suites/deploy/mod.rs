//! Deploying, rehearsed without an account: each provider's own tool, from the root of the checkout, on the files that
//! `authorworks gen` writes.

mod cloudflare;
mod fastly;
mod provider;
mod spin;

use std::{fs, path::Path};

use aw_runtimes::{Result, setup};

use super::{Ctx, Outcome};

/// One rehearsal after the other; one whose tool cannot be had is skipped.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    match setup::node() {
        Ok(tools) => {
            note(ctx, &mut outcome, "cloudflare", cloudflare::rehearse(ctx, &tools))?;
            note(ctx, &mut outcome, "fastly", fastly::rehearse(ctx, &tools))?;
        }
        Err(why) => {
            outcome.skip("deploy cloudflare", why.0.clone());
            outcome.skip("deploy fastly", why.0);
        }
    }
    match setup::SPIN_HOST.get() {
        Ok(host) => note(ctx, &mut outcome, "spin", spin::rehearse(ctx, &host))?,
        Err(why) => outcome.skip("deploy spin", why.0),
    }
    Ok(outcome)
}

fn note(ctx: &Ctx, outcome: &mut Outcome, name: &str, rehearsal: Result<()>) -> Result<()> {
    outcome.count(rehearsal.is_ok());
    match rehearsal {
        Ok(()) => ctx.note(format_args!("deploy {name}: holds")),
        Err(why) => ctx.note(format_args!("deploy {name}: {why}")),
    }
}

/// Fails with `why` unless it holds.
fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(aw_runtimes::Error(why())) }
}

/// The bytes of a file, whose path is in the error.
fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| aw_runtimes::Error(format!("{}: {e}", path.display())))
}

/// Fails unless two files are the same.
fn same(one: &Path, other: &Path) -> Result<()> {
    ensure(read(one)? == read(other)?, || format!("{} is not {}", one.display(), other.display()))
}
