//! SQL cases, on the runtimes that origins run on, against a PostgreSQL server of their own.

use aw_conformance::sql;
use aw_postgres::{Cluster, Listen};
use aw_runtimes::{Runtime, cache, free_port};

use super::{
    port,
    report::Outcome,
    run::{self, Case},
    world::{World, unique},
};

/// The runtimes with PostgreSQL.
const ORIGINS: [&str; 2] = ["native", "spin"];

/// What a trap may leave behind, and the case that sees it in the request after.
const LEFT_OPEN: &str = "sql-transaction-left-open";
const NONE_OPEN: &str = "sql-connection-is-in-no-transaction";

/// Runs every SQL case on `runtime`; none on one that is no origin's.
///
/// # Errors
/// The server or the fixture does not start.
pub(crate) fn run(runtime: &dyn Runtime) -> Result<Vec<Outcome>, String> {
    if !ORIGINS.contains(&runtime.name()) {
        return Ok(Vec::new());
    }
    let folder = cache::folder("run").map_err(|e| e.0)?.join(unique("conform-postgres"));
    let outcomes = on_server(runtime, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    outcomes
}

fn on_server(runtime: &dyn Runtime, folder: &std::path::Path) -> Result<Vec<Outcome>, String> {
    let listen = Listen::Tcp { port: free_port().map_err(|e| e.0)?, password: "conformance".into() };
    let cluster = Cluster::start(folder, &listen).map_err(|e| e.0)?;
    let start = || World::origin(runtime, cluster.tcp());
    run::all(runtime.name(), &start, cases())
}

fn cases() -> Vec<Case> {
    let case = |name: &'static str| Case::new(name, move |world| port::outcome(world, &target(name)));
    let mut cases: Vec<Case> = sql::NAMES.iter().map(|&name| case(name)).collect();
    cases.push(Case::new("sql-open-transaction-is-not-lent-on", |world| {
        for _ in 0..3 {
            port::outcome(world, &target(LEFT_OPEN))?;
            port::outcome(world, &target(NONE_OPEN))?;
        }
        Ok(())
    }));
    cases
}

fn target(name: &str) -> String {
    format!("/__sql/{name}?database=postgres")
}
