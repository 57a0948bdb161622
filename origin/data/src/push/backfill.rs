//! Edges that come and go.

use aw_platform::{Result, Sql, SqlExt, Value};
use uuid::Uuid;

use crate::{edges::Edge, objects};

/// Gives an edge that is configured for the first time everything that is published.
pub(super) async fn meet<S: Sql>(sql: &S, tenant: &str, edges: &[Edge]) -> Result<()> {
    let known = known(sql).await?;
    for edge in edges.iter().filter(|edge| !known.iter().any(|name| name == edge.name)) {
        sql.transaction(async |sql| backfill(sql, tenant, edge.name).await).await?;
    }
    Ok(())
}

/// Forgets an edge that is configured no more: if it comes back, it comes for the first time.
pub(super) async fn part<S: Sql>(sql: &S, edges: &[Edge]) -> Result<()> {
    for gone in known(sql).await?.iter().filter(|name| !edges.iter().any(|edge| edge.name == **name)) {
        sql.execute("DELETE FROM edges WHERE name = $1::text", &[Value::from(gone)]).await?;
    }
    Ok(())
}

async fn known<S: Sql>(sql: &S) -> Result<Vec<String>> {
    let rows = sql.query("SELECT name FROM edges ORDER BY name", &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

async fn backfill<S: Sql>(sql: &S, tenant: &str, edge: &str) -> Result<()> {
    // Whoever publishes has ended before, and is seen here; or comes after, and sees the edge.
    sql.execute("LOCK TABLE objects, records IN SHARE MODE", &[]).await?;
    let insert = "INSERT INTO edges (name) VALUES ($1::text) ON CONFLICT DO NOTHING";
    if sql.execute(insert, &[edge.into()]).await? == 0 {
        return Ok(());
    }
    // One batch: objects, then manifests, then shelves.
    let batch = Value::from(Uuid::nil());
    let statement = format!(
        "{} FROM edges e CROSS JOIN objects o CROSS JOIN generate_series(0, o.parts - 1) AS part \
         WHERE e.name = $3::text ON CONFLICT DO NOTHING",
        objects::ENQUEUE
    );
    sql.execute(&statement, &[tenant.into(), batch.clone(), edge.into()]).await?;
    let statement = "INSERT INTO outbox (edge, key, version, kind, rank, batch) \
        SELECT $1::text, key, version, 'record', rank, $2::text::uuid FROM records ON CONFLICT DO NOTHING";
    sql.execute(statement, &[edge.into(), batch]).await.map(drop)
}
