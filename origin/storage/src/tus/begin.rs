//! `POST /v1/uploads`: an upload is begun, with its first bytes where they come along.

use aw_blobs::Blobs;
use aw_ingress::Caller;
use aw_platform::{
    ApiError, Body, Response, Result, Sql, SqlExt, SqlPlatform, Value,
    http::{HeaderMap, StatusCode},
};
use bytes::Bytes;

use super::{CHUNK, MOST, append, checksum, is_octets, metadata::Metadata, number, octets, progress, set};
use crate::{
    create::{announced, insert},
    file::{self, Method, State, Visibility},
};

/// Begins an upload: `Upload-Length`, and in `Upload-Metadata` `filename` (or `name`), `filetype` (or `type`),
/// `visibility` and `sha256`.
///
/// # Errors
/// 400, 413, 422 for an upload that may not be; with bytes in the body what appending them answers.
pub(super) async fn begin<P: SqlPlatform>(
    p: &P,
    blobs: &Blobs,
    sql: &P::Sql,
    caller: &Caller,
    tenant: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<(Response<P>, bool), ApiError> {
    for name in ["upload-concat", "upload-defer-length"] {
        if headers.contains_key(name) {
            let why = format!("{name} is not known here: see Tus-Extension");
            return Err(ApiError::bad_request("STORAGE_UPLOAD_HEADER_INVALID", why));
        }
    }
    let size = number(headers, "upload-length")?;
    if size > MOST {
        let why = format!("a resumable upload has at most {MOST} bytes");
        return Err(ApiError::new(413, "STORAGE_FILE_TOO_LARGE", why));
    }
    if !body.is_empty() {
        octets(headers)?;
        checksum::check(headers, &body)?;
    }
    let metadata = Metadata::of(headers)?;
    let visibility = match metadata.get(&["visibility"]) {
        None | Some("private") => Visibility::Private,
        Some("public") => Visibility::Public,
        Some(_) => {
            let why = "visibility is private or public";
            return Err(ApiError::bad_request("STORAGE_UPLOAD_METADATA_INVALID", why));
        }
    };
    let name = metadata.get(&["filename", "name"]).unwrap_or("upload");
    let media_type = metadata.get(&["filetype", "type"]).unwrap_or_default();
    let sha256 = metadata.get(&["sha256"]).map(str::to_owned);
    let file = announced(name, size, media_type, sha256, visibility)?;
    let id = sql
        .transaction(async |sql| {
            let id = insert(p, sql, caller, tenant, &file, Method::Tus).await?;
            let params: [Value; 2] = [id.into(), (&metadata.raw).into()];
            sql.execute("UPDATE files SET metadata = $2::text WHERE id = $1::text::uuid", &params).await?;
            Ok::<_, ApiError>(id)
        })
        .await?;
    let mut file = file::find(sql, id).await?;
    if is_octets(headers) && !body.is_empty() {
        file = append::append(p, blobs, sql, tenant, file, 0, body).await?;
    }
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::CREATED;
    set(&mut response, "location", &format!("/v1/uploads/{id}"));
    set(&mut response, "tus-max-chunk-size", &CHUNK.to_string());
    progress(&mut response, &file);
    Ok((response, file.state == State::Stored))
}
