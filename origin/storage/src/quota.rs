//! How many bytes a tenant may keep. They are taken before an upload begins, so that no number of uploads at once is
//! more than that.

use aw_platform::{ApiError, Error, Result, Sql, SqlExt};
use serde_json::json;

/// Takes `size` bytes in the caller's transaction.
///
/// # Errors
/// 413 `STORAGE_QUOTA_EXCEEDED` where so many are not left.
pub(crate) async fn take<S: Sql>(sql: &S, size: u64) -> Result<(), ApiError> {
    let size = i64::try_from(size).map_err(|_| Error::Limit("the file"))?;
    let take = "UPDATE storage SET used_bytes = used_bytes + $1::bigint \
        WHERE used_bytes + $1::bigint <= quota_bytes";
    if sql.execute(take, &[size.into()]).await? == 1 {
        return Ok(());
    }
    let row = sql.query_opt("SELECT quota_bytes, used_bytes FROM storage", &[]).await?;
    let row = row.ok_or_else(|| Error::internal("there is no quota"))?;
    let details = json!({ "quotaBytes": row.int(0)?, "usedBytes": row.int(1)?, "size": size });
    let why = "so many bytes are not left of the quota: delete files, or have it raised";
    Err(ApiError::new(413, "STORAGE_QUOTA_EXCEEDED", why).details(details))
}

/// Gives `size` bytes back in the caller's transaction.
pub(crate) async fn give_back<S: Sql>(sql: &S, size: u64) -> Result<()> {
    let size = i64::try_from(size).map_err(|_| Error::Limit("the file"))?;
    sql.execute("UPDATE storage SET used_bytes = used_bytes - $1::bigint", &[size.into()]).await.map(drop)
}
