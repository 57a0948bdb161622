//! Token keys: a new one, and the end of old ones.

use aw_platform::{ApiError, Platform, Result, Sql, SqlExt, SqlPlatform};
use aw_trust::token::{LIFE, SKEW};

use super::{TenantInfo, get, publish};
use crate::{database, secrets::Secrets};

/// A new key's name.
pub(super) fn kid<P: Platform>(p: &P) -> String {
    use std::fmt::Write;
    let mut random = [0; 6];
    p.random(&mut random);
    random.iter().fold("k".to_owned(), |mut kid, b| {
        let _ = write!(kid, "{b:02x}");
        kid
    })
}

/// Gives a tenant a new key to sign tokens with. The one before verifies until the last of its tokens has expired.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`; a database refuses.
pub async fn rotate<P: SqlPlatform>(p: &P, secrets: &Secrets, tenant: &str) -> Result<TenantInfo, ApiError> {
    let control = database::control(p).await?;
    let sql = database::tenant(p, tenant).await?;
    control
        .transaction(async |control| {
            control.query("SELECT 1::bigint FROM tenants WHERE id = $1::text FOR UPDATE", &[tenant.into()]).await?;
            let retire = "UPDATE token_keys SET retires_at = clock_timestamp() + ($2::bigint * interval '1 second') \
                WHERE tenant = $1::text AND retires_at IS NULL";
            let life = i64::try_from(LIFE + 2 * SKEW).unwrap_or(i64::MAX);
            control.execute(retire, &[tenant.into(), life.into()]).await?;
            let insert = "INSERT INTO token_keys (tenant, kid, created_at) \
                VALUES ($1::text, $2::text, clock_timestamp())";
            control.execute(insert, &[tenant.into(), kid(p).into()]).await.map(drop)
        })
        .await?;
    publish(p, secrets, &control, &sql, tenant).await?;
    get(&control, tenant).await
}

/// Takes keys whose last token has expired out of the records of their tenants.
///
/// # Errors
/// A database refuses; what was done stays done.
pub async fn retire<P: SqlPlatform>(p: &P, secrets: &Secrets, control: &P::Sql) -> Result<(), ApiError> {
    let old = "SELECT DISTINCT k.tenant FROM token_keys k JOIN tenants t ON t.id = k.tenant \
        WHERE k.retires_at < now() AND t.ready_at IS NOT NULL";
    for row in control.query(old, &[]).await? {
        let tenant = row.text(0)?;
        publish(p, secrets, control, &database::tenant(p, tenant).await?, tenant).await?;
        let delete = "DELETE FROM token_keys WHERE tenant = $1::text AND retires_at < now()";
        control.execute(delete, &[tenant.into()]).await?;
    }
    Ok(())
}
