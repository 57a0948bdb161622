//! A tenant that comes back from an archive: its id and its hosts are taken first, and nobody sees it before it is whole.

use aw_blobs::Blobs;
use aw_migrations::{drop_database, tenant_database};
use aw_platform::{ApiError, Error, Platform, Sql, SqlExt, SqlPlatform, Value};

use super::{TenantInfo, create::set_hosts, get, keys, name, publish, remove::forget, sweep};
use crate::secrets::Secrets;

/// A tenant to be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// A slug of at most 40 bytes.
    pub id: String,
    /// The name shown to readers.
    pub name: String,
    /// Such as `https://press.example`.
    pub base_url: String,
    /// Hosts that it is read at, besides the base URL's.
    pub hosts: Vec<String>,
    /// Whether edges are to answer 403 for it.
    pub suspended: bool,
}

/// Takes the id and the hosts. What an earlier restoration that broke off has left is removed; two at once are not
/// possible, while `control` lives.
///
/// # Errors
/// 422 for a name that is none; 409 `TENANT_EXISTS`, `TENANT_DELETING`, `TENANT_RESTORING`, `TENANT_HOST_TAKEN`; the
/// database or the object store refuses.
pub async fn begin_restore<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    control: &P::Sql,
    tenant: &Restored,
) -> Result<(), ApiError> {
    name::check_id(&tenant.id)?;
    name::check_name(&tenant.name)?;
    let hosts = name::hosts(&tenant.hosts, name::base_host(&tenant.base_url)?)?;
    let lock = "SELECT pg_try_advisory_lock(hashtextextended('restore ' || $1::text, 0))";
    let locked = control.query_opt(lock, &[(&tenant.id).into()]).await?;
    if !locked.map_or(Ok(false), |row| row.bool(0))? {
        return Err(taken("TENANT_RESTORING", tenant, "is being restored by somebody else"));
    }
    control.transaction(async |sql| reserve(p, sql, tenant, &hosts).await).await?;
    clear(p, blobs, control, &tenant.id).await
}

fn taken(code: &'static str, tenant: &Restored, what: &str) -> ApiError {
    ApiError::new(409, code, format!("the tenant {} {what}", tenant.id))
}

async fn reserve<P: Platform, S: Sql>(p: &P, sql: &S, tenant: &Restored, hosts: &[String]) -> Result<(), ApiError> {
    let there = "SELECT deleting_at IS NOT NULL, ready_at IS NULL AND restoring_at IS NOT NULL \
        FROM tenants WHERE id = $1::text FOR UPDATE";
    if let Some(row) = sql.query_opt(there, &[(&tenant.id).into()]).await? {
        match (row.bool(0)?, row.bool(1)?) {
            (true, _) => return Err(taken("TENANT_DELETING", tenant, "is being deleted")),
            (false, false) => return Err(taken("TENANT_EXISTS", tenant, "is there already")),
            (false, true) => {}
        }
    }
    let row: [Value; 4] =
        [(&tenant.id).into(), tenant.name.trim().into(), (&tenant.base_url).into(), tenant.suspended.into()];
    let insert = "INSERT INTO tenants (id, name, base_url, suspended, restoring_at) \
        VALUES ($1::text, $2::text, $3::text, $4::boolean, now()) \
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, base_url = excluded.base_url, \
            suspended = excluded.suspended, restoring_at = excluded.restoring_at";
    sql.execute(insert, &row).await?;
    set_hosts(sql, &tenant.id, hosts).await?;
    let insert = "INSERT INTO token_keys (tenant, kid) SELECT $1::text, $2::text \
        WHERE NOT EXISTS (SELECT 1 FROM token_keys WHERE tenant = $1::text)";
    sql.execute(insert, &[(&tenant.id).into(), keys::kid(p).into()]).await?;
    Ok(())
}

/// Removes the database and the objects of a tenant that is not there.
async fn clear<P: SqlPlatform>(p: &P, blobs: &Blobs, control: &P::Sql, tenant: &str) -> Result<(), ApiError> {
    drop_database(control, &tenant_database(tenant)).await?;
    sweep::sweep(p, blobs, tenant, u64::MAX).await.map_err(Error::from)?;
    Ok(())
}

/// Opens a tenant whose database, over `sql`, and objects are whole: writes the records of its hosts, from which all
/// that it has published follows to the edges.
///
/// # Errors
/// 404 where its restoration was given up meanwhile; a database refuses.
pub async fn finish_restore<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    control: &P::Sql,
    sql: &P::Sql,
    tenant: &str,
) -> Result<TenantInfo, ApiError> {
    publish(p, secrets, control, sql, tenant).await?;
    let open = "UPDATE tenants SET ready_at = now(), restoring_at = NULL \
        WHERE id = $1::text AND deleting_at IS NULL AND restoring_at IS NOT NULL";
    control.execute(open, &[tenant.into()]).await?;
    get(control, tenant).await
}

/// Gives up a restoration that has [begun](begin_restore): nothing is left of it.
///
/// # Errors
/// The database or the object store refuses; what is left goes with the next restoration of that id, or when the tenant
/// is deleted.
pub async fn abandon_restore<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    control: &P::Sql,
    tenant: &str,
) -> Result<(), ApiError> {
    clear(p, blobs, control, tenant).await?;
    Ok(forget(control, tenant).await?)
}
