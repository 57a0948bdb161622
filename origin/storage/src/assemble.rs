//! What the client has sent becomes one object that nobody can write to any more.

use aw_blobs::{BlobError, Blobs};
use aw_platform::{ApiError, Error, Platform, Result, Sql, Value};
use serde_json::json;

use crate::{
    file::{File, Method},
    lease::{Lease, lost},
    refusal::Refusal,
    upload::{PUT, part_count, part_size, place, staging},
};

/// How many parts are named that are missing.
const NAMED: usize = 100;

/// How it ended.
pub(crate) enum Assembled {
    /// The object is at this place.
    At(String),
    /// The bytes are not those that were announced.
    Refused(Refusal),
}

/// Some of the bytes have not arrived.
fn incomplete(missing: &[u32]) -> ApiError {
    let named: Vec<u32> = missing.iter().copied().take(NAMED).collect();
    ApiError::new(409, "STORAGE_UPLOAD_INCOMPLETE", "the object store does not have all of the file's bytes yet")
        .details(json!({ "missing": named }))
}

/// Assembles a file whose lease is held. May be done again where it was broken off.
///
/// # Errors
/// 409 `STORAGE_UPLOAD_INCOMPLETE`; the object store cannot be asked.
pub(crate) async fn assemble<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: &File,
    lease: &Lease,
) -> Result<Assembled, ApiError> {
    match file.method {
        Method::Put => put(p, blobs, tenant, file, lease).await,
        Method::Parts => parts(p, blobs, file).await,
        Method::Tus => resumed(p, blobs, sql, file).await,
    }
}

/// The URL may be used again while it is good: what is looked at, and kept, is a copy.
async fn put<P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    file: &File,
    lease: &Lease,
) -> Result<Assembled, ApiError> {
    let from = staging(tenant, file.id, PUT);
    let meta = blobs.head(p, &from).await?.ok_or_else(|| incomplete(&[1]))?;
    if meta.size != Some(file.size) {
        return Ok(Assembled::Refused(Refusal::Size));
    }
    let etag = meta.etag.ok_or_else(|| Error::internal("the object store gives no entity tags"))?;
    // The place is the lease's own: a copy that comes too late is over nobody's file.
    let to = place(tenant, file.id, &lease.token);
    if blobs.copy(p, &from, &etag, &to).await? { Ok(Assembled::At(to)) } else { Err(lost()) }
}

async fn parts<P: Platform>(p: &P, blobs: &Blobs, file: &File) -> Result<Assembled, ApiError> {
    let count = part_count(file.size);
    let Some(upload) = &file.upload else { return Err(incomplete(&(1..=count).collect::<Vec<_>>())) };
    let (mut there, mut after) = (Vec::new(), 0);
    loop {
        let Some(page) = blobs.parts(p, (&file.place, upload), after, 1000).await? else {
            // It was completed by one who did not live to say so.
            return ended(p, blobs, file).await;
        };
        there.extend(page.parts);
        match page.next {
            Some(next) if next > after => after = next,
            _ => break,
        }
    }
    there.retain(|part| part.number <= count && part.size == part_size(file.size, part.number));
    let missing: Vec<u32> = (1..=count).filter(|n| !there.iter().any(|part| part.number == *n)).collect();
    if !missing.is_empty() {
        return Err(incomplete(&missing));
    }
    let named: Vec<_> = there.iter().map(|part| (part.number, part.etag.as_str())).collect();
    complete(p, blobs, file, upload, &named).await
}

async fn resumed<P: Platform, S: Sql>(p: &P, blobs: &Blobs, sql: &S, file: &File) -> Result<Assembled, ApiError> {
    let select = "SELECT number, etag FROM file_parts WHERE file = $1::text::uuid ORDER BY number";
    let rows = sql.query(select, &[Value::from(file.id)]).await?;
    let named: Result<Vec<_>> =
        rows.iter().map(|row| Ok((u32::try_from(row.int(0)?).unwrap_or_default(), row.text(1)?))).collect();
    match (&file.upload, named?) {
        (Some(upload), named) if !named.is_empty() => complete(p, blobs, file, upload, &named).await,
        // It was short enough to be put in one piece.
        _ => ended(p, blobs, file).await,
    }
}

async fn complete<P: Platform>(
    p: &P,
    blobs: &Blobs,
    file: &File,
    upload: &str,
    parts: &[(u32, &str)],
) -> Result<Assembled, ApiError> {
    match blobs.complete_upload(p, (&file.place, upload), parts).await {
        Ok(_) => Ok(Assembled::At(file.place.clone())),
        Err(BlobError::Refused { code, .. }) if code == "NoSuchUpload" => ended(p, blobs, file).await,
        Err(BlobError::Refused { code, .. }) if code == "InvalidPart" => Ok(Assembled::Refused(Refusal::Digest)),
        Err(error) => Err(error.into()),
    }
}

/// An upload that the object store does not know: the object is there, or never will be.
async fn ended<P: Platform>(p: &P, blobs: &Blobs, file: &File) -> Result<Assembled, ApiError> {
    match blobs.head(p, &file.place).await? {
        Some(_) => Ok(Assembled::At(file.place.clone())),
        None => Ok(Assembled::Refused(Refusal::Missing)),
    }
}
