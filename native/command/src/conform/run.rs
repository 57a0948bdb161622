//! Runs cases one after the other against a runtime: each with a deadline, with a fresh start where one brought it down.

use std::{
    io::{IsTerminal, Write, stderr},
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{report::Outcome, world::World};

/// How long a case may take. The longest, 200 MB through a slow runtime, takes some seconds.
const DEADLINE: Duration = Duration::from_secs(120);
/// How often a runtime is started again before its other cases are given up.
const RESTARTS: u32 = 8;

/// A case.
pub(crate) struct Case {
    /// Its name: the same on every runtime.
    pub(crate) name: String,
    work: Work,
}

/// Gives the reason, in a sentence, where the case does not hold.
type Work = Box<dyn FnOnce(&World) -> Result<(), String> + Send>;

impl Case {
    /// The case called `name`.
    pub(crate) fn new(
        name: impl Into<String>,
        work: impl FnOnce(&World) -> Result<(), String> + Send + 'static,
    ) -> Self {
        Self { name: name.into(), work: Box::new(work) }
    }
}

/// Runs `cases` in the worlds that `start` makes: a new one wherever a case leaves one behind that no longer answers.
///
/// # Errors
/// There is not even a first world.
pub(crate) fn all(
    runtime: &str,
    start: &dyn Fn() -> Result<World, aw_runtimes::Error>,
    cases: Vec<Case>,
) -> Result<Vec<Outcome>, String> {
    let mut world = Ok(start().map(Arc::new).map_err(|e| e.0)?);
    let (total, mut restarts, mut outcomes, mut times) = (cases.len(), 0, Vec::new(), Vec::new());
    for (n, case) in cases.into_iter().enumerate() {
        show(&format!("{runtime} {}/{total} {}", n + 1, case.name));
        let (name, begun) = (case.name.clone(), Instant::now());
        let outcome = match &world {
            Ok(world) => one(world, case, DEADLINE),
            Err(why) => Err(format!("the runtime does not start: {why}")),
        };
        times.push((begun.elapsed(), name.clone()));
        let dead = outcome.is_err() && world.as_ref().is_ok_and(|world| !world.answers());
        if dead {
            world = if restarts < RESTARTS {
                restarts += 1;
                if let Ok(world) = &world {
                    world.stop();
                }
                start().map(Arc::new).map_err(|e| e.0)
            } else {
                Err(format!("it was brought down {RESTARTS} times"))
            };
        }
        let outcome = outcome.map_err(|why| if dead { format!("{why} (the runtime no longer answered)") } else { why });
        outcomes.push((name, outcome));
    }
    if let Ok(world) = world {
        world.stop();
    }
    show("");
    slowest(times);
    Ok(outcomes)
}

/// Names the cases that took longest, on a terminal.
fn slowest(mut times: Vec<(Duration, String)>) {
    if !stderr().is_terminal() {
        return;
    }
    times.sort();
    for (time, name) in times.iter().rev().take(5).filter(|(time, _)| time.as_secs() >= 1) {
        eprintln!("  {:>6.1} s  {name}", time.as_secs_f64());
    }
}

/// Runs one case on a thread of its own, which is left behind where it does not come to an end.
fn one(world: &Arc<World>, case: Case, deadline: Duration) -> Result<(), String> {
    let (send, receive) = channel();
    let (world, begun) = (world.clone(), Instant::now());
    thread::spawn(move || drop(send.send((case.work)(&world))));
    match receive.recv_timeout(deadline) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Err(format!("no verdict after {} s", begun.elapsed().as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err("the case itself panicked".to_owned()),
    }
}

/// Overwrites the line on a terminal; nothing elsewhere.
fn show(line: &str) {
    let mut err = stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K{line}").and_then(|()| err.flush());
    }
}
