//! `PATCH /v1/uploads/{id}`: bytes are added. They are acknowledged when the object store has them and the row says so.
//!
//! Parts have 5 MiB or more: fewer bytes wait in an object of their own, the tail, until more come. The tail's name is
//! the lease's, so that one who comes too late writes over nobody's.

use aw_blobs::Blobs;
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, Value};
use bytes::Bytes;

use super::CHUNK;
use crate::{
    complete,
    create::REST,
    digest::Running,
    file::{self, File, State},
    lease::{self, Lease},
    upload::{self, staging},
};

/// The shortest part but the last, in bytes: S3's limit.
const SHORTEST: usize = 5 << 20;
/// How long the last chunk's request looks at the whole file, in milliseconds.
const BUDGET: u64 = 20_000;
const OCTETS: &str = "application/octet-stream";

fn misplaced(file: &File) -> ApiError {
    let why = format!("Upload-Offset is {}: go on from there", file.position);
    ApiError::new(409, "STORAGE_UPLOAD_OFFSET_CONFLICT", why)
}

/// Adds `chunk` at `offset`; gives the file as it is then. With the last byte it is completed.
///
/// # Errors
/// 409 for another offset, 423 while another request adds, 413 for too many bytes, 410 for an upload that was refused;
/// 422 where the whole is not what was announced.
pub(super) async fn append<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: File,
    offset: u64,
    chunk: Bytes,
) -> Result<File, ApiError> {
    if file.state == State::Refused {
        return Err(ApiError::new(410, "STORAGE_UPLOAD_GONE", "the bytes of this upload were refused"));
    }
    if file.position != offset {
        return Err(misplaced(&file));
    }
    if chunk.len() as u64 > file.size - file.position {
        return Err(ApiError::new(413, "STORAGE_UPLOAD_TOO_LONG", "these are more bytes than Upload-Length says"));
    }
    if chunk.is_empty() {
        return Ok(file);
    }
    let locked = || ApiError::new(423, "STORAGE_UPLOAD_LOCKED", "another request is adding to this upload");
    let (lease, file) = lease::take(p, sql, file.id).await?.ok_or_else(locked)?;
    if file.position != offset || file.state != State::Uploading {
        lease.end(sql).await;
        return Err(misplaced(&file));
    }
    let last = offset + chunk.len() as u64 == file.size;
    if let Err(error) = add(p, blobs, sql, tenant, &file, &lease, chunk).await {
        lease.end(sql).await;
        return Err(error);
    }
    let file = file::find(sql, file.id).await?;
    if last { complete::advance(p, blobs, sql, tenant, file, &lease, p.now() + BUDGET).await } else { Ok(file) }
}

/// What the object store was given.
enum Kept {
    Part(i64, String),
    Tail(String),
    Whole,
}

async fn add<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: &File,
    lease: &Lease,
    chunk: Bytes,
) -> Result<(), ApiError> {
    let mut hash = Running::resume(&file.hash)?;
    hash.update(&chunk);
    let position = file.position + chunk.len() as u64;
    let last = position == file.size;
    let bytes = match &file.tail {
        None => chunk,
        Some(tail) => {
            let lost = || Error::internal("the tail of an upload is missing from the object store");
            let before = blobs.get(p, tail).await?.ok_or_else(lost)?.body.bytes(SHORTEST + CHUNK).await?;
            Bytes::from([before, chunk].concat())
        }
    };
    let kept = if bytes.len() >= SHORTEST || (last && file.upload.is_some()) {
        let upload = upload::begin(p, blobs, sql, file).await?;
        let select = "SELECT count(*) FROM file_parts WHERE file = $1::text::uuid";
        let count = sql.query_opt(select, &[file.id.into()]).await?.map_or(Ok(0), |row| row.int(0))?;
        let number = u32::try_from(count + 1).map_err(|_| Error::Limit("the upload"))?;
        let etag = blobs.put_part(p, (&file.place, &upload, number), bytes).await?;
        Kept::Part(i64::from(number), etag)
    } else if last {
        blobs.put(p, &file.place, OCTETS, bytes).await?;
        Kept::Whole
    } else {
        let tail = staging(tenant, file.id, &lease.token);
        blobs.put(p, &tail, OCTETS, bytes).await?;
        Kept::Tail(tail)
    };
    let tail = match &kept {
        Kept::Tail(tail) => Some(tail.clone()),
        _ => None,
    };
    let at = i64::try_from(position).map_err(|_| Error::Limit("the upload"))?;
    sql.transaction(async |sql| {
        let set = if last {
            "position = $3::bigint, hashed = $3::bigint, hash = $4::bytea, tail = $5::text, state = 'checking', \
             updated_at = now(), due_at = now() + 0 * $6::bigint * interval '1 second'"
        } else {
            "position = $3::bigint, hashed = $3::bigint, hash = $4::bytea, tail = $5::text, lease = NULL, \
             lease_until = NULL, updated_at = now(), due_at = now() + $6::bigint * interval '1 second'"
        };
        lease.set(sql, set, &[at.into(), Value::from(hash.state()), tail.into(), REST.into()]).await?;
        if let Kept::Part(number, etag) = &kept {
            let insert = "INSERT INTO file_parts (file, number, etag) VALUES ($1::text::uuid, $2::bigint, $3::text)";
            sql.execute(insert, &[file.id.into(), (*number).into(), etag.into()]).await?;
        }
        Ok::<_, ApiError>(())
    })
    .await?;
    if let Some(before) = &file.tail {
        // One that stays is removed with the rest of the staging place.
        let _ = blobs.delete(p, before).await;
    }
    Ok(())
}
