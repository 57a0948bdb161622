//! The walking skeleton: a real book, published once and read through every edge, with the origin there and gone.

mod alike;
mod command;
mod outage;
mod press;
mod pushes;
mod reader;
mod relay;

use aw_runtimes::Result;

use self::press::Press;
use super::{
    Ctx, Outcome, ahead,
    checks::{Checks, Verdict},
};
use crate::{failure::Failure, up::On};

/// Runs the whole on every edge whose tools can be had.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut checks = Checks::new(ctx);
    let mut edges = Vec::new();
    for edge in [On::Native, On::Cloudflare, On::Fastly, On::Spin] {
        match ahead::tools(edge.name()) {
            Ok(()) => edges.push(edge),
            Err(why) => checks.outcome.skip(format!("skeleton on {}", edge.name()), why.0),
        }
    }
    command::check(&mut checks)?;
    let mut press = match Press::open(&edges) {
        Ok(press) => press,
        Err(why) => {
            checks.hold("a book is imported, published and delivered", Err(why.to_string()))?;
            return Ok(checks.outcome);
        }
    };
    if let Err(why) = story(&mut checks, &mut press) {
        checks.hold("the story goes on", Err(why.to_string()))?;
    }
    press.close();
    Ok(checks.outcome)
}

fn story(checks: &mut Checks<'_>, press: &mut Press) -> Result<()> {
    let pages = alike::check(checks, press)?;
    outage::check(checks, press, &pages)?;
    pushes::check(checks, press)
}

/// A failure in a check's words.
fn said(failure: Failure) -> String {
    failure.to_string()
}
