//! A transaction is all or nothing, and nobody else's.

use std::time::Duration;

use aw_platform::{Error, PlatformExt, Sql, SqlExt, SqlPlatform};

use super::{seen, write};
use crate::case::{Failure, Outcome, ensure, ensure_err};

pub(super) async fn commit<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    let id = sql
        .transaction(async |sql| {
            let id = write(p, sql).await?;
            ensure!(!seen(p, database, &id).await?, "another connection sees what is not committed");
            Ok::<_, Failure>(id)
        })
        .await?;
    ensure!(seen(p, database, &id).await?, "what was committed is not there");
    Ok(())
}

pub(super) async fn rollback<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    let mut id = String::new();
    let outcome: Result<(), Failure> = sql
        .transaction(async |sql| {
            id = write(p, sql).await?;
            Err(Failure::new("on purpose"))
        })
        .await;
    ensure!(outcome == Err(Failure::new("on purpose")), "the transaction gives {outcome:?}");
    ensure!(!seen(p, database, &id).await?, "what was rolled back is there");
    let id = write(p, &sql).await?;
    ensure!(seen(p, database, &id).await?, "after a rollback the connection is still in a transaction");
    Ok(())
}

pub(super) async fn failed_statement<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    let mut id = String::new();
    let outcome: Result<(), Failure> = sql
        .transaction(async |sql| {
            id = write(p, sql).await?;
            sql.execute("SELECT 1 / 0", &[]).await?;
            Ok(())
        })
        .await;
    ensure!(outcome.is_err(), "a statement failed and the transaction did not");
    ensure!(!seen(p, database, &id).await?, "a part of a failed transaction is there");
    let id = write(p, &sql).await?;
    ensure!(seen(p, database, &id).await?, "after a failed transaction the connection is still in one");
    Ok(())
}

/// Several times, so that a pool has every chance to give the same connection.
async fn none_left<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    for _ in 0..3 {
        let sql = p.sql(database).await?;
        let id = write(p, &sql).await?;
        ensure!(seen(p, database, &id).await?, "a connection is lent with a transaction open");
    }
    Ok(())
}

pub(super) async fn dropped<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    sql.execute("BEGIN", &[]).await?;
    let id = write(p, &sql).await?;
    drop(sql);
    none_left(p, database).await?;
    ensure!(!seen(p, database, &id).await?, "the connection was dropped and its transaction committed");
    Ok(())
}

pub(super) async fn cancelled<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let mut id = String::new();
    let work = async {
        let sql = p.sql(database).await?;
        sql.transaction(async |sql| {
            id = write(p, sql).await?;
            p.sleep(Duration::from_secs(60)).await;
            Ok::<_, Failure>(())
        })
        .await
    };
    ensure_err!(p.timeout(Duration::from_millis(500), work).await, Error::Timeout, "a transaction of a minute");
    none_left(p, database).await?;
    ensure!(!seen(p, database, &id).await?, "the transaction was cancelled and committed");
    Ok(())
}

pub(super) async fn none_open<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    none_left(p, database).await
}

/// Leaves a transaction open as a trap would, on a connection that is not dropped. The request after this one must not
/// be in it: whoever runs the cases runs `sql-connection-is-in-no-transaction` next.
pub(super) async fn left_open<P: SqlPlatform>(p: &P, database: &str) -> Outcome {
    let sql = p.sql(database).await?;
    sql.execute("BEGIN", &[]).await?;
    let id = write(p, &sql).await?;
    std::mem::forget(sql);
    ensure!(!seen(p, database, &id).await?, "another connection sees what is not committed");
    Ok(())
}
