//! Whether the object's bytes are what was announced.

use aw_blobs::Blobs;
use aw_platform::{ApiError, Error, Platform, Result, Sql, Value};

use crate::{
    digest::{self, Running},
    file::File,
    lease::Lease,
    media,
    refusal::Refusal,
};

/// How much is read at once, in bytes; the state is kept after each.
const STEP: u64 = 16 << 20;

/// How it ended.
pub(crate) enum Verified {
    /// They are: their type, and their SHA-256.
    Good(&'static str, String),
    /// They are not.
    Refused(Refusal),
    /// The time was over; it goes on from where it is.
    Later,
}

/// Looks at a file's object, whose lease is held, until `until` (milliseconds since 1970).
///
/// # Errors
/// The object store or the database cannot be asked; the lease was lost.
pub(crate) async fn verify<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    file: &File,
    lease: &Lease,
    until: u64,
) -> Result<Verified, ApiError> {
    let Some(meta) = blobs.head(p, &file.place).await? else { return Ok(Verified::Refused(Refusal::Missing)) };
    if meta.size != Some(file.size) {
        return Ok(Verified::Refused(Refusal::Size));
    }
    let head = blobs.get_range(p, &file.place, 0, media::HEAD).await?;
    let Some(head) = head else { return Ok(Verified::Refused(Refusal::Missing)) };
    let media_type = match media::sniff(&head.body.bytes(media::HEAD as usize).await?, &file.media_type) {
        Ok(media_type) => media_type,
        Err(wrong) => return Ok(Verified::Refused(wrong.into())),
    };
    if let Some(sha256) = &file.sha256
        && meta.sha256.is_some()
        && meta.sha256 == digest::to_base64(sha256)
    {
        // The object store has checked it.
        return Ok(Verified::Good(media_type, sha256.clone()));
    }
    let (mut hash, mut hashed) = (Running::resume(&file.hash)?, file.hashed);
    while hashed < file.size {
        if p.now() >= until {
            return Ok(Verified::Later);
        }
        let wanted = STEP.min(file.size - hashed);
        let found = blobs.get_range(p, &file.place, hashed, wanted).await?;
        let Some(found) = found else { return Ok(Verified::Refused(Refusal::Missing)) };
        let (mut body, mut got) = (found.body, 0);
        while let Some(chunk) = body.chunk().await {
            let chunk = chunk?;
            got += chunk.len() as u64;
            hash.update(&chunk);
        }
        if got != wanted {
            return Err(Error::upstream("the object store broke off").into());
        }
        hashed += got;
        let at = i64::try_from(hashed).unwrap_or(i64::MAX);
        lease.set(sql, "hashed = $3::bigint, hash = $4::bytea", &[at.into(), Value::from(hash.state())]).await?;
        lease.renew(sql).await?;
    }
    let sha256 = hash.finish();
    match &file.sha256 {
        Some(said) if *said != sha256 => Ok(Verified::Refused(Refusal::Digest)),
        _ => Ok(Verified::Good(media_type, sha256)),
    }
}
