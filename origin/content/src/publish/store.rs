//! Objects into the object store, before any record names them.

use std::collections::HashSet;

use aw_blobs::Blobs;
use aw_origin_data::objects::{Object, place};
use aw_platform::{ApiError, Platform, Result, Sql};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

/// How many uploads are under way at once.
const UPLOADS: usize = 8;

/// Uploads those of `objects` that were never published. One that is there already is written again, which changes
/// nothing: its place is its content's hash.
///
/// # Errors
/// The object store or the database cannot do it.
pub(super) async fn upload<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    objects: &[(Object, Bytes)],
) -> Result<(), ApiError> {
    let hashes: Vec<&str> = objects.iter().map(|(object, _)| object.sha256.as_str()).collect();
    let select = "SELECT sha256 FROM objects WHERE sha256 IN (SELECT jsonb_array_elements_text($1::text::jsonb))";
    let rows = sql.query(select, &[json!(hashes).to_string().into()]).await?;
    let there: HashSet<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    let new = objects.iter().filter(|(object, _)| !there.contains(object.sha256.as_str()));
    put(p, blobs, tenant, new).await
}

/// Uploads all of `objects`.
///
/// # Errors
/// The object store cannot do it.
pub(crate) async fn put<'a, P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    objects: impl Iterator<Item = &'a (Object, Bytes)>,
) -> Result<(), ApiError> {
    let uploads = objects.map(|(object, bytes)| async move {
        let key = place(tenant, &object.sha256);
        blobs.put(p, &key, media_type(&object.media_type), bytes.clone()).await
    });
    // Read from the source one by one: what is not under way is not in memory twice.
    Ok(stream::iter(uploads).buffer_unordered(UPLOADS).try_collect::<()>().await?)
}

/// One of the few media types that there are.
fn media_type(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = [
        "text/html; charset=utf-8",
        "application/json",
        aw_model::EPUB,
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
    ];
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("application/octet-stream")
}
