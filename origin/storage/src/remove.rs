//! `DELETE /v1/files/{id}`.

use aw_ingress::Caller;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use serde_json::json;
use uuid::Uuid;

use crate::{
    access,
    file::{self, State, Visibility},
    public, quota,
};

/// How many of the things that refer to a file are named.
const NAMED: i64 = 20;

/// Deletes a file to which nothing refers, an upload too; its bytes are removed later. Whether a public one went.
///
/// # Errors
/// 404; 409 `STORAGE_FILE_IN_USE`; 412.
pub(crate) async fn remove<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    id: Uuid,
    expected: Option<Match>,
) -> Result<bool, ApiError> {
    sql.transaction(async |sql| {
        let file = file::lock(sql, id).await?;
        access::check(caller, &file)?;
        expected.map_or(Ok(()), |expected| expected.check(file.version))?;
        let select =
            "SELECT subject FROM file_references WHERE file = $1::text::uuid ORDER BY subject LIMIT $2::bigint";
        let rows = sql.query(select, &[id.into(), NAMED.into()]).await?;
        if !rows.is_empty() {
            let subjects: Result<Vec<&str>> = rows.iter().map(|row| row.text(0)).collect();
            let why = "something refers to this file: take it out there first";
            let error = ApiError::new(409, "STORAGE_FILE_IN_USE", why);
            return Err(error.details(json!({ "references": subjects? })));
        }
        // Who works on it finds that the lease is gone; what they wrote until then is removed afterwards.
        let update = "UPDATE files SET state = 'deleted', refusal = NULL, lease = NULL, lease_until = NULL, \
            signed_until = greatest(signed_until, lease_until), hash = NULL, due_at = now(), version = version + 1, updated_at = now() WHERE id = $1::text::uuid";
        sql.execute(update, &[id.into()]).await?;
        if file.state != State::Refused {
            quota::give_back(sql, file.size).await?;
        }
        let public = file.visibility == Visibility::Public && file.state == State::Stored;
        if let Some(sha256) = file.sha256.as_ref().filter(|_| public) {
            public::write(sql, tenant, sha256).await?;
        }
        let details = json!({ "name": file.name, "size": file.size });
        audit::record(p, sql, actor(caller), "storage.file.deleted", &id.to_string(), details).await?;
        Ok(public)
    })
    .await
}
