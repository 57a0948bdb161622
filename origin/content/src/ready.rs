//! `GET /ready`: whether everything that the service needs is there.

use aw_blobs::Blobs;
use aw_migrations::{Kind, pending, tenant_database};
use aw_origin_data::database;
use aw_platform::{ApiError, Error, Sql, SqlPlatform};
use serde_json::json;

/// How many tenants' databases are looked at: the newest, which a migration reaches last.
const LOOKED_AT: i64 = 3;

/// Says which of database, migrations and object store is missing.
///
/// # Errors
/// 503 `SERVICE_UNAVAILABLE` with `details.missing`.
pub(crate) async fn ready<P: SqlPlatform>(p: &P, blobs: &Blobs) -> Result<(), ApiError> {
    let mut missing = Vec::new();
    match migrations(p).await {
        Ok(None) => {}
        Ok(Some(what)) => missing.push(what),
        Err(_) => missing.push("database".to_owned()),
    }
    if blobs.check(p).await.is_err() {
        missing.push("object store".to_owned());
    }
    if missing.is_empty() {
        return Ok(());
    }
    let why = format!("not ready: {}", missing.join(", "));
    Err(ApiError::unavailable(why, 5).details(json!({ "missing": missing })))
}

/// What has to be migrated.
async fn migrations<P: SqlPlatform>(p: &P) -> Result<Option<String>, Error> {
    let control = database::control(p).await?;
    let state = |database: &str, due: usize| {
        (due > 0).then(|| format!("migrations of {database} ({due} to apply: run authorworks migrate)"))
    };
    if let Some(what) = state("the control database", pending(&control, Kind::Control).await?.len()) {
        return Ok(Some(what));
    }
    let select = "SELECT id FROM tenants WHERE ready_at IS NOT NULL ORDER BY id DESC LIMIT $1::bigint";
    for row in control.query(select, &[LOOKED_AT.into()]).await? {
        let name = tenant_database(row.text(0)?);
        let sql = p.sql(&name).await?;
        if let Some(what) = state(&name, pending(&sql, Kind::Tenant).await?.len()) {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
