//! Changing a tenant.

use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform, Value};
use serde::Deserialize;

use super::{TenantInfo, create::set_hosts, get, name, publish};
use crate::{database, secrets::Secrets};

/// What is to change.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantChange {
    /// The name shown to readers.
    #[schemars(length(min = 1, max = 200))]
    pub name: Option<String>,
    /// All the hosts that it is to be read at, besides the base URL's.
    #[schemars(length(max = 50))]
    pub hosts: Option<Vec<String>>,
    /// The base URL.
    #[schemars(regex(pattern = "^https?://[^/?#@]+$"))]
    pub base_url: Option<String>,
    /// Whether edges answer 403 for it.
    pub suspended: Option<bool>,
}

/// Changes a tenant, and the records of its hosts.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`; 422 for a name that is none; 409 `TENANT_HOST_TAKEN`; a database refuses.
pub async fn update<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    tenant: &str,
    change: &TenantChange,
) -> Result<TenantInfo, ApiError> {
    let control = database::control(p).await?;
    let sql = database::tenant(p, tenant).await?;
    control
        .transaction(async |control| {
            control.query("SELECT 1::bigint FROM tenants WHERE id = $1::text FOR UPDATE", &[tenant.into()]).await?;
            let there = get(control, tenant).await?;
            if let Some(name) = &change.name {
                name::check_name(name)?;
            }
            let base_url = change.base_url.as_ref().unwrap_or(&there.base_url);
            let hosts = change.hosts.as_ref().unwrap_or(&there.hosts);
            let hosts = name::hosts(hosts, name::base_host(base_url)?)?;
            let row: [Value; 4] =
                [tenant.into(), change.name.as_deref().map(str::trim).into(), base_url.into(), change.suspended.into()];
            let statement = "UPDATE tenants SET name = coalesce($2::text, name), base_url = $3::text, \
                suspended = coalesce($4::boolean, suspended) WHERE id = $1::text";
            control.execute(statement, &row).await?;
            set_hosts(control, tenant, &hosts).await
        })
        .await?;
    publish(p, secrets, &control, &sql, tenant).await?;
    get(&control, tenant).await
}
