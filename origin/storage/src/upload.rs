//! What a client sends to the object store, signed for a while: the whole file, or its parts.

use std::{collections::BTreeMap, time::Duration};

use aw_blobs::{Blobs, Signed};
use aw_origin_data::input;
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    create::REST,
    digest,
    file::{self, File, Method, Shown},
};

/// A larger file goes in parts, in bytes: what a slow line loses where it breaks is not much. It is copied within the
/// object store when it is complete.
pub(crate) const SINGLE: u64 = 8 << 20;
/// The length of all parts but the last, in bytes: 50 GiB are 6400 of them, and S3 takes 10,000 of 5 MiB and more.
pub(crate) const PART: u64 = 8 << 20;
/// How long a signature is good for, in seconds.
const LIFE: u32 = 3600;
/// How many parts are signed at once.
pub(crate) const PARTS: u32 = 100;

/// Where the object store keeps a file. `version` keeps what two writers write apart.
pub(crate) fn place(tenant: &str, id: Uuid, version: &str) -> String {
    format!("f/{tenant}/{id}/{version}")
}

/// Where the object store keeps what is not a file yet.
pub(crate) fn staging(tenant: &str, id: Uuid, what: &str) -> String {
    format!("u/{tenant}/{id}/{what}")
}

/// The name of what is put in one piece, in [`staging`].
pub(crate) const PUT: &str = "put";

/// A request that the client sends to the object store, with these headers as they are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// The part's number; null where the file goes in one piece.
    number: Option<u32>,
    /// How many bytes it takes, no more and no fewer.
    size: u64,
    /// `PUT`
    method: &'static str,
    url: String,
    headers: BTreeMap<&'static str, String>,
}

/// A part that has arrived.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Arrived {
    number: u32,
    size: u64,
}

/// How the file's bytes come to the object store.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    /// The length of all parts but the last, in bytes; the file's where it goes in one piece.
    part_size: u64,
    /// How many parts there are.
    part_count: u32,
    /// Those of the parts that were looked at which have arrived.
    arrived: Vec<Arrived>,
    /// Requests for the others.
    requests: Vec<Request>,
    /// `after` for the next parts, where there are more.
    next_after: Option<u32>,
    /// Until when the requests may be sent.
    expires_at: String,
}

/// A file and how its bytes come.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    pub(crate) file: Shown,
    pub(crate) upload: Upload,
}

/// The method for a file of that size.
pub(crate) fn method(size: u64) -> Method {
    if size > SINGLE { Method::Parts } else { Method::Put }
}

/// How many parts a file has.
pub(crate) fn part_count(size: u64) -> u32 {
    u32::try_from(size.div_ceil(PART)).unwrap_or(u32::MAX)
}

/// The length of a part, in bytes.
pub(crate) fn part_size(size: u64, number: u32) -> u64 {
    let before = u64::from(number.saturating_sub(1)) * PART;
    size.saturating_sub(before).min(PART)
}

/// Which parts are asked for: `?after=N&limit=N`.
pub(crate) fn window(query: Option<&str>) -> Result<(u32, u32), ApiError> {
    let wrong = |why| ApiError::bad_request("REQUEST_QUERY_INVALID", why);
    let number = |name, otherwise| input::query(query, name).map_or(Ok(otherwise), |v| v.parse::<u32>());
    let after = number("after", 0).ok().filter(|after| *after <= 10_000);
    let limit = number("limit", PARTS).ok().filter(|limit| (1..=PARTS).contains(limit));
    Ok((
        after.ok_or_else(|| wrong("after must be a part's number"))?,
        limit.ok_or_else(|| wrong("limit must be a whole number from 1 to 100"))?,
    ))
}

/// The file's bytes are not awaited.
pub(crate) fn not_awaited() -> ApiError {
    ApiError::new(409, "STORAGE_UPLOAD_NOT_AWAITED", "the file's bytes are not awaited at the object store")
}

/// Signs what is missing of a file that is uploading, of the parts behind `after`; gives the file as it is then. `None`
/// where it is not uploading, or comes by another way.
///
/// # Errors
/// 409 where the object store has ended the upload.
pub(crate) async fn sign<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    id: Uuid,
    (after, limit): (u32, u32),
) -> Result<Option<(File, Upload)>, ApiError> {
    // Until then the store takes what is sent; what is left there is removed afterwards. Who asks has not gone.
    let Some(file) = file::await_bytes(sql, id, LIFE, REST).await? else { return Ok(None) };
    let life = Duration::from_secs(LIFE.into());
    let expires_at = rfc3339((p.now() / 1000 + u64::from(LIFE)) * 1000);
    if file.method == Method::Put {
        let sha256 = file.sha256.as_deref().and_then(digest::to_base64);
        let key = staging(tenant, file.id, PUT);
        let signed = blobs.presign_put_of(p, &key, life, file.size, sha256.as_deref())?;
        let requests = vec![request(None, file.size, signed)];
        let upload =
            Upload { part_size: file.size, part_count: 1, arrived: Vec::new(), requests, next_after: None, expires_at };
        return Ok(Some((file, upload)));
    }
    let id = begin(p, blobs, sql, &file).await?;
    let count = part_count(file.size);
    let last = after.saturating_add(limit).min(count);
    let there = blobs.parts(p, (&file.place, &id), after, limit).await?;
    let there = there.ok_or_else(|| {
        ApiError::new(409, "STORAGE_UPLOAD_NOT_AWAITED", "the object store has ended this upload: complete the file")
    })?;
    let whole = |part: &aw_blobs::Part| part.number <= last && part.size == part_size(file.size, part.number);
    let arrived: Vec<Arrived> =
        there.parts.iter().filter(|part| whole(part)).map(|p| Arrived { number: p.number, size: p.size }).collect();
    let mut requests = Vec::new();
    for number in after.saturating_add(1)..=last {
        if !arrived.iter().any(|part| part.number == number) {
            let size = part_size(file.size, number);
            let signed = blobs.presign_part(p, (&file.place, &id, number), life, size)?;
            requests.push(request(Some(number), size, signed));
        }
    }
    let next_after = (last < count).then_some(last);
    Ok(Some((file, Upload { part_size: PART, part_count: count, arrived, requests, next_after, expires_at })))
}

/// Nothing is missing of a file that is uploading no more.
pub(crate) fn nothing<P: Platform>(p: &P, file: &File) -> Upload {
    let single = file.method == Method::Put;
    Upload {
        part_size: if single { file.size } else { PART },
        part_count: if single { 1 } else { part_count(file.size) },
        arrived: Vec::new(),
        requests: Vec::new(),
        next_after: None,
        expires_at: rfc3339(p.now()),
    }
}

fn request(number: Option<u32>, size: u64, signed: Signed) -> Request {
    Request { number, size, method: "PUT", url: signed.url, headers: signed.headers.into_iter().collect() }
}

/// The object store's id of the file's upload in parts, which is begun where it was not. Of two who begin it one
/// wins; an upload that nobody knows of is found by the sweep.
pub(crate) async fn begin<P: Platform, S: Sql>(p: &P, blobs: &Blobs, sql: &S, file: &File) -> Result<String, ApiError> {
    if let Some(id) = &file.upload {
        return Ok(id.clone());
    }
    let id = blobs.begin_upload(p, &file.place).await?;
    let update = "UPDATE files SET upload = coalesce(upload, $2::text) WHERE id = $1::text::uuid AND state = 'uploading' \
        RETURNING upload";
    let row = sql.query_opt(update, &[file.id.into(), (&id).into()]).await?;
    let kept = row.map(|row| row.text(0).map(str::to_owned)).transpose()?;
    if kept.as_ref() != Some(&id) {
        blobs.abort_upload(p, &file.place, &id).await?;
    }
    Ok(kept.ok_or_else(|| Error::Internal("the file is not uploading any more".into()))?)
}
