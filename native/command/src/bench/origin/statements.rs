//! What PostgreSQL says of its own work: `pg_stat_statements`, as its superuser, in a cluster of the bench's own.

use aw_postgres::{Cluster, ROLE};
use aw_runtimes::{Error, Result};

/// What the server has done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Statements that a service sent.
    pub(super) services: f64,
    /// Statements that a pool sent to clean a connection before it lends it again.
    pub(super) pools: f64,
    /// How long all of them were planned and run, in milliseconds. Reading them and waiting for the disk at a commit
    /// are not in it.
    pub(super) ms: f64,
}

/// What deadpool sends where it is told to clean connections, as Spin does.
const CLEANING: &str =
    "^(CLOSE ALL|SET SESSION AUTHORIZATION|RESET ALL|UNLISTEN|DISCARD|SELECT pg_advisory_unlock_all)";

/// Makes the counters of the cluster readable.
///
/// # Errors
/// The server has no such library.
pub(super) fn prepare(cluster: &Cluster) -> Result<()> {
    cluster.superuser("postgres", "CREATE EXTENSION IF NOT EXISTS pg_stat_statements").map(drop)
}

/// Begins to count anew.
///
/// # Errors
/// The server cannot be asked.
pub(super) fn reset(cluster: &Cluster) -> Result<()> {
    cluster.superuser("postgres", "SELECT pg_stat_statements_reset()").map(drop)
}

/// What was counted since.
///
/// # Errors
/// The server cannot be asked.
pub(super) fn counted(cluster: &Cluster) -> Result<Counted> {
    let select = format!(
        "SELECT coalesce(sum(calls) FILTER (WHERE query !~* '{CLEANING}'), 0), \
            coalesce(sum(calls) FILTER (WHERE query ~* '{CLEANING}'), 0), \
            coalesce(sum(total_exec_time + total_plan_time), 0) \
         FROM pg_stat_statements WHERE userid = '{ROLE}'::regrole"
    );
    let said = cluster.superuser("postgres", &select)?;
    let numbers: Vec<f64> = said.trim().split('|').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [services, pools, ms] => Ok(Counted { services, pools, ms }),
        _ => Err(Error(format!("PostgreSQL says of its statements: {said}"))),
    }
}

/// The statements that took the most time, for the raw output: how often, how long together, and the text.
///
/// # Errors
/// The server cannot be asked.
pub(super) fn told(cluster: &Cluster) -> Result<String> {
    let select = format!(
        "SELECT calls, round((total_exec_time + total_plan_time)::numeric, 1), regexp_replace(query, '\\s+', ' ', 'g') \
         FROM pg_stat_statements WHERE userid = '{ROLE}'::regrole ORDER BY total_exec_time + total_plan_time DESC"
    );
    cluster.superuser("postgres", &select)
}
