//! The tests that `cargo test` runs on this machine.

use std::process::Command;

use aw_runtimes::{Result, setup};

use super::{Ctx, Outcome, packages::Workspace};

/// `cargo test` over everything that is not for one platform's target only, and over the programs that are workspaces of
/// their own.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let workspace = Workspace::read(ctx, &ctx.checkout.join("Cargo.toml"))?;
    let mut command = ctx.cargo(&["test", "--workspace", "--no-fail-fast", "--locked"])?;
    for package in workspace.members().filter(|package| package.target(ctx).is_some()) {
        command.args(["--exclude", &package.name]);
    }
    let mut outcome = Outcome::default();
    for command in [command, setup::SPIN_HOST.tests()?, setup::TYPESETTER.tests()?] {
        outcome.add(run(ctx, command)?);
    }
    Ok(outcome)
}

fn run(ctx: &Ctx, mut command: Command) -> Result<Outcome> {
    let (success, text) = ctx.read(&mut command)?;
    let mut outcome = sum(&text);
    // What does not compile, or dies, has no result line of its own.
    if !success && outcome.failed == 0 {
        outcome.failed = 1;
    }
    Ok(outcome)
}

/// Adds up the `test result:` lines and lists the tests that were ignored.
fn sum(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let count = |word: &str| {
                let before = rest.split(word).next().filter(|before| before.len() < rest.len());
                before.and_then(|before| before.split_whitespace().next_back()?.parse().ok()).unwrap_or(0)
            };
            outcome.passed += count(" passed;");
            outcome.failed += count(" failed;");
        } else if let Some((name, reason)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ignored"))
        {
            let reason = reason.trim_start_matches([',', ' ']);
            outcome.skip(name, if reason.is_empty() { "ignored, without a reason" } else { reason });
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_summed_and_ignored_tests_named() {
        let outcome = sum("\
running 3 tests
test a::b ... ok
test a::c ... ignored, needs a printer
test a::d ... FAILED
test src/lib.rs - x (line 3) ... ignored
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s
");
        assert_eq!((outcome.passed, outcome.failed), (13, 1));
        assert_eq!(outcome.skipped[0].name, "a::c");
        assert_eq!(outcome.skipped[0].reason, "needs a printer");
        assert_eq!(outcome.skipped[1].reason, "ignored, without a reason");
        assert_eq!(outcome.skipped.len(), 2);
    }

    #[test]
    fn no_result_lines_are_no_results() {
        let outcome = sum("error[E0425]: cannot find value\n");
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped.len()), (0, 0, 0));
    }
}
