//! Tenants: rows of the control database, and a database each.

mod create;
mod delete;
mod hosts;
mod keys;
mod name;
mod purge;
mod quotas;
mod remove;
mod restore;
mod sweep;
mod turn;
mod update;

use aw_platform::{ApiError, Result, Row, Sql, SqlExt, Value};
use serde::Serialize;

pub use create::{NewTenant, create};
pub use delete::{TenantDeletion, Waiting, delete};
pub use hosts::publish;
pub use keys::{retire, rotate};
pub use name::base_url_for;
pub use quotas::{Quotas, admit_job, admit_member};
pub use remove::{Removals, Remover};
pub use restore::{Restored, abandon_restore, begin_restore, finish_restore};
pub use sweep::prefixes;
pub use turn::in_turn;
pub use update::{TenantChange, update};

/// A tenant as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantInfo {
    /// A slug of at most 40 bytes; its database is `aw_ID`.
    pub id: String,
    /// The name shown to readers.
    pub name: String,
    /// Such as `https://press.example`.
    pub base_url: String,
    /// The hosts that it is read at.
    pub hosts: Vec<String>,
    /// Names of its token keys, the one that signs first.
    pub kids: Vec<String>,
    /// Whether edges answer 403 for it.
    pub suspended: bool,
    /// RFC 3339.
    pub created_at: String,
}

const COLUMNS: &str = "t.id, t.name, t.base_url, \
    (SELECT coalesce(json_agg(h.host ORDER BY h.host), '[]')::text FROM hosts h WHERE h.tenant = t.id), \
    (SELECT coalesce(json_agg(k.kid ORDER BY k.created_at DESC), '[]')::text FROM token_keys k \
        WHERE k.tenant = t.id AND (k.retires_at IS NULL OR k.retires_at > now())), \
    t.suspended, (extract(epoch FROM t.created_at) * 1000)::bigint";

fn info(row: &Row) -> Result<TenantInfo> {
    let list = |column| {
        let names = serde_json::from_str(row.text(column)?);
        names.map_err(|e| aw_platform::Error::internal(e.to_string()))
    };
    Ok(TenantInfo {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        base_url: row.text(2)?.to_owned(),
        hosts: list(3)?,
        kids: list(4)?,
        suspended: row.bool(5)?,
        created_at: aw_platform::rfc3339(row.int(6)?.unsigned_abs()),
    })
}

/// As [`get`], of a tenant whose creation has not ended, too.
async fn get_any<S: Sql>(control: &S, id: &str) -> Result<TenantInfo, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM tenants t WHERE t.id = $1::text");
    let row = control.query_opt(&statement, &[id.into()]).await?.ok_or_else(crate::database::not_found)?;
    Ok(info(&row)?)
}

/// The tenant, over a connection to the control database.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`.
pub async fn get<S: Sql>(control: &S, id: &str) -> Result<TenantInfo, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM tenants t WHERE t.id = $1::text AND t.ready_at IS NOT NULL");
    let row = control.query_opt(&statement, &[id.into()]).await?.ok_or_else(crate::database::not_found)?;
    Ok(info(&row)?)
}

/// Up to `limit` tenants in the order of their ids, from behind `after`.
///
/// # Errors
/// The control database cannot be asked.
pub async fn list<S: Sql>(control: &S, after: Option<&str>, limit: u32) -> Result<Vec<TenantInfo>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM tenants t WHERE t.ready_at IS NOT NULL AND ($1::text IS NULL OR t.id > $1::text) \
         ORDER BY t.id LIMIT $2::bigint"
    );
    control.query(&statement, &[Value::from(after), limit.into()]).await?.iter().map(info).collect()
}

/// The tenant that is read at `host`.
///
/// # Errors
/// The control database cannot be asked.
pub async fn of_host<S: Sql>(control: &S, host: &str) -> Result<Option<String>> {
    let row = control.query_opt("SELECT tenant FROM hosts WHERE host = $1::text", &[host.into()]).await?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}
