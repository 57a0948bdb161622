//! SQL cases: PostgreSQL as origins see it, on every platform that has it. They need a database to write in; its
//! table `conformance` is theirs.

mod errors;
mod transactions;
mod values;

use aw_platform::{Sql, SqlPlatform, Value};

use crate::{
    ask::unique,
    case::{Failure, Outcome, ensure},
};

/// The one table: name and function.
macro_rules! table {
    ($($name:literal => $case:path,)+) => {
        /// Runs every SQL case in the database called `database`, and gives each one's name and outcome.
        pub async fn run_sql<P: SqlPlatform>(p: &P, database: &str) -> Vec<(&'static str, Result<(), Failure>)> {
            if let Err(why) = prepare(p, database).await {
                return vec![("sql-table", Err(why))];
            }
            // Boxed: one case's state is not the caller's size.
            vec![$(($name, Box::pin($case(p, database)).await)),+]
        }
    };
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
}

async fn prepare<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let create = "CREATE TABLE IF NOT EXISTS conformance (id text PRIMARY KEY, value text)";
    p.sql(database).await?.execute(create, &[]).await?;
    Ok(())
}

/// Begins a transaction, writes in it, and goes without ending it and without dropping the connection: what a trap
/// leaves behind. The next request must not be in that transaction.
///
/// # Errors
/// The database cannot be reached or refuses.
pub async fn leave_open<P: SqlPlatform>(p: &P, database: &str) -> Result<(), Failure> {
    prepare(p, database).await?;
    let sql = p.sql(database).await?;
    sql.execute("BEGIN", &[]).await?;
    write(p, &sql).await?;
    std::mem::forget(sql);
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
