//! Bytes that are no file's any more.

use aw_blobs::Blobs;
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use uuid::Uuid;

use crate::{lease::gone, upload};

/// Removes everything that the object store has of a file, but for what it is stored as, and what a copy shares.
///
/// # Errors
/// The object store or the database cannot be asked.
pub(crate) async fn bytes<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    id: Uuid,
) -> Result<(), ApiError> {
    let select = "SELECT place, upload, state IN ('deleted', 'refused') AND NOT EXISTS (SELECT 1 FROM files o \
            WHERE o.place = f.place AND o.id <> f.id AND o.state NOT IN ('deleted', 'refused')) \
        FROM files f WHERE id = $1::text::uuid";
    let row = sql.query_opt(select, &[id.into()]).await?.ok_or_else(gone)?;
    let (place, upload, all) = (row.text(0)?, row.text_opt(1)?, row.bool(2)?);
    if let Some(upload) = upload {
        blobs.abort_upload(p, place, upload).await?;
    }
    for key in blobs.list(p, &upload::staging(tenant, id, "")).await? {
        blobs.delete(p, &key).await?;
    }
    // A copy's place is below the file that it was copied from.
    for key in blobs.list(p, &upload::place(tenant, id, "")).await? {
        if key != place && !shared(sql, &key).await? {
            blobs.delete(p, &key).await?;
        }
    }
    if all {
        blobs.delete(p, place).await?;
    }
    Ok(())
}

async fn shared<S: Sql>(sql: &S, place: &str) -> Result<bool> {
    let select = "SELECT 1::bigint FROM files WHERE place = $1::text AND state NOT IN ('deleted', 'refused') LIMIT 1";
    Ok(sql.query_opt(select, &[place.into()]).await?.is_some())
}
