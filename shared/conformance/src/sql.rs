//! SQL cases: PostgreSQL as origins see it, on every platform that has it. They make a database of their own.

mod errors;
mod transactions;
mod values;

use aw_platform::{Sql, SqlPlatform, Value};

use crate::{
    ask::unique,
    case::{Failure, Outcome, ensure},
};

/// The cases' own database.
const OWN: &str = "aw_conformance";

/// The one table: name and function.
macro_rules! table {
    ($($name:literal => $case:path,)+) => {
        /// Every SQL case by name, in the order in which they are run.
        pub const NAMES: &[&str] = &[$($name),+];

        /// Runs the case called `name` on the server that has the database `database`, as a role that may create others;
        /// `None` where there is no such case.
        pub async fn run<P: SqlPlatform>(p: &P, database: &str, name: &str) -> Option<Result<(), Failure>> {
            // Boxed: one case's state is not the caller's size.
            match name {
                $($name => Some(match prepare(p, database).await {
                    Ok(()) => Box::pin($case(p, OWN)).await,
                    Err(why) => Err(why),
                }),)+
                _ => None,
            }
        }
    };
}

/// Runs every SQL case as [`run`] does, and gives each one's name and outcome.
pub async fn run_sql<P: SqlPlatform>(p: &P, database: &str) -> Vec<(&'static str, Result<(), Failure>)> {
    let mut outcomes = Vec::with_capacity(NAMES.len());
    for &name in NAMES {
        outcomes.push((name, run(p, database, name).await.unwrap_or(Ok(()))));
    }
    outcomes
}

table! {
    "sql-values" => values::round_trip,
    "sql-extreme-values" => values::extremes,
    "sql-null-of-every-type" => values::nulls,
    "sql-narrow-columns-widen" => values::narrow,
    "sql-text-of-1-mb" => values::long_text,
    "sql-times" => values::times,
    "sql-uuid-and-json-as-text" => values::casts,
    "sql-empty-result" => values::empty,
    "sql-10000-rows" => values::many,
    "sql-rows-touched" => values::touched,
    "sql-unique-violation" => errors::unique_violation,
    "sql-error-has-its-code" => errors::codes,
    "sql-column-of-another-type" => errors::foreign_type,
    "sql-unknown-database" => errors::unknown_database,
    "sql-odd-database-name" => errors::odd_name,
    "sql-commit" => transactions::commit,
    "sql-rollback" => transactions::rollback,
    "sql-failed-statement-rolls-back" => transactions::failed_statement,
    "sql-dropped-transaction-rolls-back" => transactions::dropped,
    "sql-cancelled-transaction-rolls-back" => transactions::cancelled,
    "sql-connection-is-in-no-transaction" => transactions::none_open,
    "sql-transaction-left-open" => transactions::left_open,
}

async fn prepare<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    if sql.query("SELECT 1 FROM pg_database WHERE datname = $1::text", &[OWN.into()]).await?.is_empty() {
        sql.execute(&format!("CREATE DATABASE {OWN}"), &[]).await?;
    }
    let create = "CREATE TABLE IF NOT EXISTS conformance (id text PRIMARY KEY, value text)";
    p.sql(OWN).await?.execute(create, &[]).await?;
    Ok(())
}

/// Writes a row that nobody else has, and gives its id.
async fn write<P: SqlPlatform>(p: &P, sql: &impl Sql) -> Result<String, Failure> {
    let id = unique(p, "sql-");
    sql.execute("INSERT INTO conformance VALUES ($1::text, 'x')", &[Value::from(&id)]).await?;
    Ok(id)
}

/// Whether another connection sees the row.
async fn seen<P: SqlPlatform>(p: &P, database: &str, id: &str) -> Result<bool, Failure> {
    let sql = p.sql(database).await?;
    let rows = sql.query("SELECT 1 FROM conformance WHERE id = $1::text", &[id.into()]).await?;
    ensure!(rows.len() < 2, "a primary key is there {} times", rows.len());
    Ok(rows.len() == 1)
}
