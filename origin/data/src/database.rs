//! Connections to the control database and to tenants'.

use aw_migrations::tenant_database;
use aw_model::names::CONTROL_DB;
use aw_platform::{ApiError, Error, Result, Sql, SqlExt, SqlPlatform};

/// A connection to the control database.
///
/// # Errors
/// The server cannot be reached, or was never migrated.
pub async fn control<P: SqlPlatform>(p: &P) -> Result<P::Sql> {
    p.sql(CONTROL_DB).await
}

/// A connection to the database of `tenant`.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`; the server cannot be reached.
pub async fn tenant<P: SqlPlatform>(p: &P, tenant: &str) -> Result<P::Sql, ApiError> {
    if !aw_model::slug::is_slug(tenant) {
        return Err(not_found());
    }
    match p.sql(&tenant_database(tenant)).await {
        Ok(sql) => Ok(sql),
        // Drivers tell in different ways that there is no such database.
        Err(error) if exists(&control(p).await?, tenant).await? => Err(error.into()),
        Err(_) => Err(not_found()),
    }
}

async fn exists<S: Sql>(control: &S, tenant: &str) -> Result<bool, Error> {
    let found = control
        .query_opt("SELECT 1::bigint FROM tenants WHERE id = $1::text AND ready_at IS NOT NULL", &[tenant.into()])
        .await?;
    Ok(found.is_some())
}

/// There is no such tenant.
pub fn not_found() -> ApiError {
    ApiError::new(404, "TENANT_NOT_FOUND", "there is no tenant with this id")
}
