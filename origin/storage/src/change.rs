//! `PATCH /v1/files/{id}`: another name, another visibility.

use aw_ingress::Caller;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    access,
    create::check_size,
    file::{self, File, State, Visibility},
    name, public,
};

/// What is to change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    /// 1 to 255 bytes without slashes and control characters.
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    visibility: Option<Visibility>,
}

/// Changes a file; gives it, and whether what is public changed.
///
/// # Errors
/// 404; 412; 413 for a public file that would be too large; 422.
pub(crate) async fn change<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    (id, expected): (Uuid, Match),
    change: Change,
) -> Result<(File, bool), ApiError> {
    let name = change.name.as_deref().map(name::checked).transpose()?;
    sql.transaction(async |sql| {
        let there = file::lock(sql, id).await?;
        access::check(caller, &there)?;
        expected.check(there.version)?;
        let name = name.unwrap_or_else(|| there.name.clone());
        let visibility = change.visibility.unwrap_or(there.visibility);
        if name == there.name && visibility == there.visibility {
            return Ok((there, false));
        }
        check_size(there.size, visibility)?;
        let update = "UPDATE files SET name = $2::text, visibility = $3::text, version = version + 1, \
            updated_at = now() WHERE id = $1::text::uuid";
        sql.execute(update, &[id.into(), (&name).into(), visibility.name().into()]).await?;
        let touched = there.state == State::Stored
            && (there.visibility == Visibility::Public || visibility == Visibility::Public);
        if let Some(sha256) = there.sha256.as_ref().filter(|_| touched) {
            public::write(sql, tenant, sha256).await?;
        }
        let details = json!({ "name": name, "visibility": visibility });
        audit::record(p, sql, actor(caller), "storage.file.changed", &id.to_string(), details).await?;
        Ok((file::find(sql, id).await?, touched))
    })
    .await
}
