//! `POST /v1/files/{id}/complete`: the bytes are there; they are looked at, and are a file or are gone.
//!
//! Each step can be done again by whoever comes next:
//!
//! 1. the lease is taken;
//! 2. what was sent becomes one object that no URL writes to, and the row says that it is being checked;
//! 3. size, type and SHA-256 of that object are compared with what was announced, as long as there is time;
//! 4. in one transaction the row says that it is stored or refused.

use aw_blobs::Blobs;
use aw_platform::{ApiError, Platform, Result, Sql};

use crate::{
    assemble::{Assembled, assemble},
    file::{self, File, Method, State},
    lease::{self, Lease},
    purge,
    refusal::Refusal,
    settle,
    upload::{PUT, staging},
    verify::{Verified, verify},
};

/// How long one request looks at a file, in milliseconds: less than an edge waits for an answer.
const BUDGET: u64 = 20_000;

/// Completes a file; gives it as it is then: stored, or still checking where somebody is at it or it takes longer.
///
/// # Errors
/// 422 where the bytes are not what was announced, 409 where they are not all there.
pub(crate) async fn complete<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: File,
) -> Result<File, ApiError> {
    match (file.state, file.refusal) {
        (State::Refused, Some(refusal)) => return Err(refusal.into()),
        (State::Stored | State::Refused, _) => return Ok(file),
        (State::Uploading, _) if file.method == Method::Tus => {
            let why = "this upload is completed by its last PATCH";
            return Err(ApiError::new(409, "STORAGE_UPLOAD_INCOMPLETE", why));
        }
        _ => {}
    }
    let Some((lease, file)) = lease::take(p, sql, file.id).await? else { return file::find(sql, file.id).await };
    advance(p, blobs, sql, tenant, file, &lease, p.now() + BUDGET).await
}

/// Goes on with a file whose lease is held, and gives the lease back.
///
/// # Errors
/// As [`complete`].
pub(crate) async fn advance<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: File,
    lease: &Lease,
    until: u64,
) -> Result<File, ApiError> {
    let id = file.id;
    let refused = match steps(p, blobs, sql, tenant, &file, lease, until).await {
        Ok(refused) => refused,
        Err(error) => {
            lease.end(sql).await;
            return Err(error);
        }
    };
    if let Some(refusal) = refused {
        // What cannot be removed now is due, and removed later.
        let _ = purge::bytes(p, blobs, sql, tenant, id).await;
        return Err(refusal.into());
    }
    let file = file::find(sql, id).await?;
    if file.state == State::Stored && file.method == Method::Put {
        // What the URL writes while it is still good is removed later.
        let _ = blobs.delete(p, &staging(tenant, id, PUT)).await;
    }
    Ok(file)
}

async fn steps<P: Platform, S: Sql>(
    p: &P,
    blobs: &Blobs,
    sql: &S,
    tenant: &str,
    file: &File,
    lease: &Lease,
    until: u64,
) -> Result<Option<Refusal>, ApiError> {
    let mut file = file.clone();
    // A resumable upload is being checked from its last byte on, assembled or not; the others once they are.
    if file.state == State::Uploading || (file.method == Method::Tus && file.upload.is_some()) {
        match assemble(p, blobs, sql, tenant, &file, lease).await? {
            Assembled::At(place) => {
                let set = "state = 'checking', place = $3::text, upload = NULL, due_at = now()";
                lease.set(sql, set, &[(&place).into()]).await?;
                lease.renew(sql).await?;
                file.place = place;
            }
            Assembled::Refused(refusal) => {
                settle::refuse(p, sql, &file, lease, refusal).await?;
                return Ok(Some(refusal));
            }
        }
    }
    match verify(p, blobs, sql, &file, lease, until).await? {
        Verified::Good(media_type, sha256) => {
            settle::store(p, sql, tenant, &file, lease, (media_type, &sha256)).await?;
            Ok(None)
        }
        Verified::Refused(refusal) => {
            settle::refuse(p, sql, &file, lease, refusal).await?;
            Ok(Some(refusal))
        }
        Verified::Later => {
            lease.end(sql).await;
            Ok(None)
        }
    }
}
