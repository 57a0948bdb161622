//! `authorworks conform`: the conformance suite on every runtime, or on one.

mod cases;
mod gaps;
mod hostile;
mod memory;
mod origin;
mod port;
mod replay;
pub(crate) mod report;
mod run;
pub(crate) mod site;
mod sql;
pub(crate) mod wire;
mod world;

use std::{cell::OnceCell, io, net::SocketAddr, process::ExitCode};

use aw_runtimes::Runtime;

use gaps::Gaps;
pub(crate) use origin::Incoming;
use replay::Replay;
use report::Report;
use run::Case;
pub(crate) use site::Pusher;
use site::{Plan, Site};
use wire::Connection;
pub(crate) use wire::Reply;
use world::World;

/// Runs the suite on the runtime called `on`, or on all of them, and prints what it came to: with `json` one object
/// per runtime and line, else the failing cases and a summary. Fails where something is not as declared.
pub(crate) fn run(on: Option<String>, json: bool) -> ExitCode {
    let all = aw_runtimes::all();
    if let Some(on) = on.as_deref().filter(|on| !all.iter().any(|runtime| runtime.name() == *on)) {
        let known: Vec<_> = all.iter().map(|runtime| runtime.name()).collect();
        eprintln!("conform: there is no runtime {on}; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    let suite = match Suite::new() {
        Ok(suite) => suite,
        Err(why) => {
            eprintln!("conform: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut holds = true;
    for runtime in all.iter().filter(|runtime| on.as_deref().is_none_or(|on| on == runtime.name())) {
        let report = suite.on(runtime.as_ref());
        report.print(json);
        holds &= report.holds();
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is the same for every runtime.
pub(crate) struct Suite {
    gaps: Gaps,
    site: Site,
    fixture: OnceCell<Result<Replay, String>>,
}

impl Suite {
    /// Reads the gap file and makes the site that the gateway serves.
    ///
    /// # Errors
    /// The gap file is none.
    pub(crate) fn new() -> Result<Self, String> {
        let site = Site::new(&Plan::whale(), 60).map_err(|e| format!("the site: {e}"))?;
        let gaps = Gaps::parse(aw_conformance::GAPS)?;
        Ok(Self { gaps, site, fixture: OnceCell::new() })
    }

    /// Runs every case on `runtime`.
    pub(crate) fn on(&self, runtime: &dyn Runtime) -> Report {
        let mut cases: Vec<Case> = port::cases().chain(cases::all()).collect();
        cases.extend(replayed("diff-fixture", self.fixture.get_or_init(|| self.native_fixture())));
        let mut outcomes = match run::all(runtime.name(), &|| World::fixture(runtime), cases) {
            Ok(outcomes) => outcomes,
            Err(why) => return Report::broken(runtime.name(), &why),
        };
        // Recorded anew: its tokens live for ten minutes, and a run over all runtimes takes longer.
        let mut cases = replayed("diff-gateway", &self.native_gateway());
        cases.extend(hostile::cases(&self.site));
        match run::all(runtime.name(), &|| World::gateway(runtime, &self.site), cases) {
            Ok(more) => outcomes.extend(more),
            Err(why) => outcomes.push(("gateway-starts".to_owned(), Err(why))),
        }
        match sql::run(runtime) {
            Ok(more) => outcomes.extend(more),
            Err(why) => outcomes.push(("sql-starts".to_owned(), Err(why))),
        }
        Report::new(runtime.name(), &outcomes, &self.gaps)
    }

    fn native_fixture(&self) -> Result<Replay, String> {
        let world = World::fixture(&aw_runtimes::native::Native).map_err(|e| e.0)?;
        Replay::fixture(&world)
    }

    fn native_gateway(&self) -> Result<Replay, String> {
        let world = World::gateway(&aw_runtimes::native::Native, &self.site).map_err(|e| e.0)?;
        Replay::gateway(&world, &self.site)
    }
}

/// The answer of whoever listens on `addr` to a GET of `target`.
pub(crate) fn get(addr: SocketAddr, target: &str) -> io::Result<Reply> {
    fetch(addr, target, &[])
}

/// As [`get`], with header fields.
pub(crate) fn fetch(addr: SocketAddr, target: &str, fields: &[(&str, &[u8])]) -> io::Result<Reply> {
    let mut connection = Connection::open(addr)?;
    connection.send(&wire::request("GET", target, fields, b""))?;
    connection.reply("GET")
}

/// The cases of a replay; one that fails where native has not answered.
fn replayed(name: &str, replay: &Result<Replay, String>) -> Vec<Case> {
    match replay {
        Ok(replay) => replay.cases().collect(),
        Err(why) => {
            let why = format!("there is nothing to compare with: {why}");
            vec![Case::new(name, move |_| Err(why))]
        }
    }
}
