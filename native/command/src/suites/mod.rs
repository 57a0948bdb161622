//! `authorworks test`: stages that run one after the other, each timed, each with its output in a log of its own.
//!
//! A stage that fails does not stop the others. The output of a failed one is shown; what was skipped is named with
//! its reason; the last line is `N passed, N failed, N skipped`.

mod ahead;
mod browser;
mod checks;
mod client;
mod conform;
mod crash;
mod deploy;
mod deps;
mod generated;
mod installation;
mod journey;
mod packages;
mod shown;
mod skeleton;
mod stage;
mod style;
mod unit;

use std::{fs, process::ExitCode, time::Instant};

use aw_runtimes::{cache, setup::disk};
pub(crate) use stage::{Ctx, Outcome, Stage};

/// The stages in their order: what fails soonest comes first.
const STAGES: &[Stage] = &[
    Stage { name: "fmt", run: style::fmt },
    Stage { name: "gen", run: generated::check },
    Stage { name: "deps", run: deps::check },
    Stage { name: "clippy", run: style::clippy },
    Stage { name: "unit", run: unit::check },
    Stage { name: "conform", run: conform::check },
    Stage { name: "skeleton", run: skeleton::check },
    Stage { name: "journey", run: journey::check },
    Stage { name: "crash", run: crash::check },
    Stage { name: "browser", run: browser::check },
    Stage { name: "deploy", run: deploy::check },
];

/// Runs the stage called `suite`, or all, with `seed` where something is left to chance. With `json`, stdout has one
/// object per stage and one for the sum, instead of lines for people.
pub(crate) fn run(suite: Option<&str>, seed: Option<u64>, json: bool) -> ExitCode {
    let stages: Vec<&Stage> = STAGES.iter().filter(|stage| suite.is_none_or(|name| name == stage.name)).collect();
    if stages.is_empty() {
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        eprintln!("test: no suite is called {}; there are: {}", suite.unwrap_or_default(), names.join(", "));
        return ExitCode::from(2);
    }
    let begun = Instant::now();
    if suite.is_none() {
        if let Some(free) = disk::free().filter(|free| *free < disk::NEEDED) {
            let (free, needed) = (free / disk::GB, disk::NEEDED / disk::GB);
            eprintln!("test: the disk has {free} GB left; all stages take up to {needed} GB in a new target folder");
        }
        ahead::begin();
    }
    let mut sum = Outcome::default();
    for stage in stages {
        let outcome = one(stage, suite.is_some(), seed, json);
        sum.add(outcome);
    }
    report(&sum, begun, json);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a stage and tells its result. A stage that cannot be run at all counts as one failure.
fn one(stage: &Stage, alone: bool, seed: Option<u64>, json: bool) -> Outcome {
    let log = cache::target_dir().join("suites").join(format!("{}.log", stage.name));
    eprintln!("-- {}", stage.name);
    let begun = Instant::now();
    let ctx = Ctx::new(&log).map(|ctx| ctx.with(alone, seed));
    let outcome = ctx.and_then(|ctx| (stage.run)(&ctx)).unwrap_or_else(|e| {
        eprintln!("{}: {e}", stage.name);
        Outcome { failed: 1, ..Outcome::default() }
    });
    let seconds = begun.elapsed().as_secs_f64();
    if outcome.failed > 0 {
        let output = fs::read(&log).unwrap_or_default();
        eprintln!("{}\n(the whole output: {})", shown::of(&String::from_utf8_lossy(&output)), log.display());
    }
    if json {
        let line = serde_json::json!({
            "stage": stage.name, "passed": outcome.passed, "failed": outcome.failed, "skipped": outcome.skipped,
            "seconds": seconds, "log": log,
        });
        println!("{line}");
    } else {
        let word = if outcome.failed == 0 { "ok" } else { "FAILED" };
        println!("{:<12} {word:<6} {:>8.1} s   {}", stage.name, seconds, outcome.counts());
    }
    outcome
}

fn report(sum: &Outcome, begun: Instant, json: bool) {
    let seconds = begun.elapsed().as_secs_f64();
    if json {
        let skipped = sum.skipped.len();
        let line = serde_json::json!({
            "passed": sum.passed, "failed": sum.failed, "skipped": skipped, "seconds": seconds,
        });
        println!("{line}");
        return;
    }
    for skip in &sum.skipped {
        println!("skipped: {}: {}", skip.name, skip.reason);
    }
    println!("all stages   {seconds:>15.1} s");
    println!("{}", sum.counts());
}
