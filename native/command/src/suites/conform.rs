//! The conformance suite on every runtime.

use aw_runtimes::{Error, Result};

use super::{Ctx, Outcome, ahead};
use crate::conform::Suite;

/// `authorworks conform`. A declared gap is a case that was not made to hold, and is listed as skipped; a runtime
/// whose tools cannot be had is, too.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let suite = Suite::new().map_err(Error)?;
    let mut outcome = Outcome::default();
    for runtime in aw_runtimes::all() {
        let name = runtime.name();
        if let Err(why) = ahead::tools(name) {
            outcome.skip(format!("conform {name}"), why.0);
            continue;
        }
        let report = suite.on(runtime.as_ref());
        report.lines().try_for_each(|line| ctx.note(line))?;
        let (passed, failed) = report.counts();
        outcome.passed += passed;
        outcome.failed += failed;
        for (case, reason) in report.declared() {
            outcome.skip(format!("conform {name} {case}"), reason);
        }
    }
    Ok(outcome)
}
