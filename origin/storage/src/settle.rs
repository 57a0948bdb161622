//! A file's end of being uploaded: it is one, or it is none.

use aw_origin_data::audit;
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use serde_json::json;

use crate::{
    file::{File, State, Visibility},
    lease::Lease,
    public, quota,
    refusal::Refusal,
};

/// Makes it a file, of that type and SHA-256, in one transaction with its public record.
///
/// # Errors
/// 409 where the lease was lost; the database refuses.
pub(crate) async fn store<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    tenant: &str,
    file: &File,
    lease: &Lease,
    (media_type, sha256): (&'static str, &str),
) -> Result<(), ApiError> {
    sql.transaction(async |sql| {
        // What is left in the staging place, and may still be written there, is removed when no URL is good any more.
        let set = "state = 'stored', media_type = $3::text, sha256 = $4::text, lease = NULL, lease_until = NULL, \
            hash = NULL, tail = NULL, upload = NULL, due_at = greatest(now(), signed_until + interval '1 minute'), \
            version = version + 1, updated_at = now()";
        lease.set(sql, set, &[media_type.into(), sha256.into()]).await?;
        sql.execute("DELETE FROM file_parts WHERE file = $1::text::uuid", &[file.id.into()]).await?;
        // The name and who may see it may have been changed meanwhile.
        let file = crate::file::find(sql, file.id).await?;
        if file.visibility == Visibility::Public {
            public::write(sql, tenant, sha256).await?;
        }
        let details = json!({ "mediaType": media_type, "sha256": sha256, "size": file.size });
        audit::record(p, sql, &file.owner, "storage.file.stored", &file.id.to_string(), details).await?;
        Ok(())
    })
    .await
}

/// Makes it none: its bytes are given back, and are to be removed.
///
/// # Errors
/// As [`store`].
pub(crate) async fn refuse<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    file: &File,
    lease: &Lease,
    refusal: Refusal,
) -> Result<(), ApiError> {
    debug_assert!(matches!(file.state, State::Uploading | State::Checking));
    sql.transaction(async |sql| {
        let set = "state = 'refused', refusal = $3::text, lease = NULL, lease_until = NULL, hash = NULL, \
            due_at = now(), version = version + 1, updated_at = now()";
        lease.set(sql, set, &[refusal.name().into()]).await?;
        quota::give_back(sql, file.size).await?;
        let details = json!({ "why": refusal.name() });
        audit::record(p, sql, &file.owner, "storage.file.refused", &file.id.to_string(), details).await?;
        Ok(())
    })
    .await
}
