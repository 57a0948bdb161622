//! What `GET /ready` looks at for every service that works with the databases or the object store.

use aw_blobs::Blobs;
use aw_ingress::{Need, Ready};
use aw_migrations::{Kind, MigrateError, pending, tenant_database};
use aw_platform::{Result, Sql, SqlPlatform};

use crate::database;

/// How many tenants' databases are looked at: the newest, which a migration reaches last.
const LOOKED_AT: i64 = 3;

/// Looks at the control database and the newest tenants': whether they can be asked, and have nothing to be migrated.
pub async fn databases<P: SqlPlatform>(p: &P, ready: &mut Ready) {
    if ready.knows(Need::Database) {
        return;
    }
    match up_to_date(p).await {
        // What is there to migrate is seen where it can be asked, and only there.
        Err(MigrateError::Database(error)) => ready.note(Need::Database, Err(error)),
        Err(wrong) => {
            ready.note(Need::Database, Ok::<_, String>(()));
            ready.note(Need::Migrations, Err(wrong.to_string()));
        }
        Ok(due) => {
            ready.note(Need::Database, Ok::<_, String>(()));
            ready.note(Need::Migrations, due.map_or(Ok(()), Err));
        }
    }
}

/// Looks at the object store.
pub async fn blobs<P: SqlPlatform>(p: &P, blobs: &Blobs, ready: &mut Ready) {
    ready.look(Need::Blobs, async || blobs.check(p).await).await;
}

/// The tenants that are looked at.
///
/// # Errors
/// The control database cannot be asked.
pub async fn tenants<P: SqlPlatform>(p: &P) -> Result<Vec<String>> {
    let select = "SELECT id FROM tenants WHERE ready_at IS NOT NULL ORDER BY id DESC LIMIT $1::bigint";
    let rows = database::control(p).await?.query(select, &[LOOKED_AT.into()]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// What has to be migrated first.
async fn up_to_date<P: SqlPlatform>(p: &P) -> Result<Option<String>, MigrateError> {
    let due = |database: &str, files: &[&str]| {
        (!files.is_empty()).then(|| format!("{database} lacks {}: run `authorworks migrate`", files.join(", ")))
    };
    let control = database::control(p).await?;
    if let Some(what) = due("the control database", &pending(&control, Kind::Control).await?) {
        return Ok(Some(what));
    }
    for tenant in tenants(p).await? {
        let name = tenant_database(&tenant);
        let sql = p.sql(&name).await?;
        if let Some(what) = due(&name, &pending(&sql, Kind::Tenant).await?) {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
