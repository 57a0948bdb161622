//! The end of a tenant: marked, and from then on there for nobody.

use aw_model::slug::is_slug;
use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform};
use schemars::JsonSchema;
use serde::Serialize;

use crate::database::{self, not_found};

/// How long after a tenant was marked something of it may be on its way still, in seconds: a delivery's lease.
const QUIET: i64 = 60;

/// How far the deletion of a tenant has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantDeletion {
    /// The tenant's id.
    pub id: String,
    /// Whether nothing is left of it, and its id and its hosts can be taken again.
    pub done: bool,
    /// What is not done yet.
    pub waiting_for: Vec<Waiting>,
}

/// Something that a deletion waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// `database`, `store` (the object store) or `edge:NAME`.
    pub what: String,
    /// In words.
    pub why: String,
}

/// Marks a tenant as one to be deleted; once is as good as twice. Edges that are `abandoned` keep what they have and are
/// not waited for.
///
/// # Errors
/// 404 `TENANT_NOT_FOUND`; 422 `TENANT_EDGE_INVALID` for what is no edge's name; the control database refuses.
pub async fn delete<P: SqlPlatform>(p: &P, tenant: &str, abandoned: &[String]) -> Result<(), ApiError> {
    if !is_slug(tenant) {
        return Err(not_found());
    }
    if abandoned.iter().any(|edge| !is_slug(edge) || edge.len() > 40) {
        return Err(ApiError::new(422, "TENANT_EDGE_INVALID", "abandon must be the name of an edge"));
    }
    let control = database::control(p).await?;
    control
        .transaction(async |sql| {
            let mark = "UPDATE tenants SET ready_at = NULL, deleting_at = coalesce(deleting_at, now()), \
                quiet_at = coalesce(quiet_at, now() + $2::bigint * interval '1 second') WHERE id = $1::text";
            if sql.execute(mark, &[tenant.into(), QUIET.into()]).await? == 0 {
                return Err(not_found());
            }
            let insert = "INSERT INTO tenant_purges (tenant, edge, abandoned) VALUES ($1::text, $2::text, true) \
                ON CONFLICT (tenant, edge) DO UPDATE SET abandoned = true";
            for edge in abandoned {
                sql.execute(insert, &[tenant.into(), edge.into()]).await?;
            }
            Ok(())
        })
        .await
}
