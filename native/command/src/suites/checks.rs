//! Checks of a stage, counted and told in its log.

use std::time::Instant;

use aw_runtimes::Result;

use super::{Ctx, Outcome};

/// Why a check does not hold.
pub(super) type Verdict = Result<(), String>;

/// Checks, counted, with what fails in the log.
pub(super) struct Checks<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) outcome: Outcome,
}

impl<'a> Checks<'a> {
    /// None yet.
    pub(super) fn new(ctx: &'a Ctx) -> Self {
        Self { ctx, outcome: Outcome::default() }
    }

    /// Counts the check called `name`.
    pub(super) fn hold(&mut self, name: &str, verdict: Verdict) -> Result<()> {
        self.outcome.count(verdict.is_ok());
        match verdict {
            Ok(()) => self.ctx.note(format_args!("ok      {name}")),
            Err(why) => self.ctx.note(format_args!("FAILED  {name}: {why}")),
        }
    }

    /// Takes a step, counts it as a check, and tells how long it took. What it gives; none where it failed.
    pub(super) fn step<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T, String>) -> Result<Option<T>> {
        let begun = Instant::now();
        let taken = step();
        let seconds = begun.elapsed().as_secs_f64();
        self.outcome.count(taken.is_ok());
        match taken {
            Ok(given) => {
                self.ctx.note(format_args!("ok      {seconds:>6.2} s  {name}"))?;
                Ok(Some(given))
            }
            Err(why) => {
                self.ctx.note(format_args!("FAILED  {seconds:>6.2} s  {name}: {why}"))?;
                Ok(None)
            }
        }
    }
}
