//! `authorworks conform`: the conformance suite on every runtime, or on one.

mod cases;
mod gaps;
mod memory;
mod origin;
mod port;
mod report;
mod wire;
mod world;

use std::process::ExitCode;

use aw_runtimes::Runtime;

use gaps::Gaps;
use report::Report;
use world::World;

/// The runtimes in the order in which they are run. Native is first: the others' bytes are compared with its.
fn runtimes() -> Vec<Box<dyn Runtime>> {
    vec![Box::new(aw_runtimes::native::Native)]
}

/// Runs the suite on the runtime called `on`, or on all of them, and prints what it came to: with `json` one object
/// per runtime and line, else the failing cases and a summary. Fails where something is not as declared.
pub(crate) fn run(on: Option<String>, json: bool) -> ExitCode {
    let gaps = match Gaps::parse(aw_conformance::GAPS) {
        Ok(gaps) => gaps,
        Err(why) => {
            eprintln!("conform: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut holds = true;
    let mut known = Vec::new();
    for runtime in runtimes() {
        known.push(runtime.name());
        if on.as_deref().is_some_and(|on| on != runtime.name()) {
            continue;
        }
        let report = on_runtime(runtime.as_ref(), &gaps);
        report.print(json);
        holds &= report.holds();
    }
    if let Some(on) = on.filter(|on| !known.contains(&on.as_str())) {
        eprintln!("conform: there is no runtime {on}; there are {}", known.join(", "));
        holds = false;
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn on_runtime(runtime: &dyn Runtime, gaps: &Gaps) -> Report {
    let world = match World::start(runtime) {
        Ok(world) => world,
        Err(why) => return Report::broken(runtime.name(), &why.0),
    };
    let mut outcomes = port::run(&world);
    outcomes.extend(cases::run(&world));
    Report::new(runtime.name(), &outcomes, gaps)
}
