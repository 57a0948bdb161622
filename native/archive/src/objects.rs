//! Objects into the file and out of it.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use aw_blobs::{BlobError, Blobs, Upload};
use aw_origin_data::tenants;
use aw_platform::{Body, Error, Platform};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::time::Duration;

use crate::{
    ArchiveError, Progress,
    manifest::{Counts, Entry, OBJECTS},
    reader::Archive,
    writer::Writer,
};

/// How much of the file is read at once.
const CHUNK: usize = 1 << 18;
/// How many objects are uploaded at once.
const UPLOADS: usize = 8;
/// How often an upload is tried.
const TRIES: u32 = 4;
/// After so many objects it is said how far it has come.
const TOLD: u64 = 500;

/// Writes all the tenant's objects.
///
/// # Errors
/// The store or the file breaks off.
pub(crate) async fn write<P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    out: &mut Writer,
    counts: &mut Counts,
    progress: Progress<'_>,
) -> Result<(), ArchiveError> {
    for prefix in tenants::prefixes(p, blobs, tenant).await? {
        let mut from: Option<String> = None;
        loop {
            let page = blobs.page(p, &prefix, None, from.as_deref()).await?;
            for object in page.objects {
                // One that has just been deleted is nobody's.
                let Some((headers, mut body)) = blobs.open(p, &object.key).await? else { continue };
                out.begin(&format!("{OBJECTS}{}", object.key), false)?;
                let mut size = 0;
                while let Some(chunk) = body.chunk().await.transpose()? {
                    size += chunk.len() as u64;
                    out.write(&chunk)?;
                }
                if size != object.size {
                    return Err(Error::upstream(format!("the object {} broke off", object.key)).into());
                }
                counts.bytes += out.end(None, headers);
                counts.objects += 1;
                if counts.objects.is_multiple_of(TOLD) {
                    progress(&format!("{} objects, {} MB", counts.objects, counts.bytes / 1_000_000));
                }
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// An object to be stored.
struct Stored<'a> {
    entry: &'a Entry,
    key: String,
    at: u64,
}

/// Stores all objects of the archive as those of `tenant`.
///
/// # Errors
/// An entry is no object's, the store breaks off or gets other bytes than were written.
pub(crate) async fn restore<P: Platform>(
    p: &P,
    blobs: &Blobs,
    archive: &mut Archive,
    tenant: &str,
    progress: Progress<'_>,
) -> Result<(), ArchiveError> {
    let (manifest, path) = (archive.manifest.clone(), archive.path.clone());
    let mut all = Vec::new();
    for entry in &manifest.entries {
        let Some(key) = entry.name.strip_prefix(OBJECTS) else { continue };
        let none = || ArchiveError::damaged(format!("{} is no object of the tenant's", entry.name));
        let (kind, rest) = key.split_once('/').ok_or_else(none)?;
        let rest = rest.strip_prefix(&manifest.tenant.id).and_then(|rest| rest.strip_prefix('/')).ok_or_else(none)?;
        all.push(Stored { entry, key: format!("{kind}/{tenant}/{rest}"), at: archive.place(entry)? });
    }
    let uploads = all.iter().map(|stored| upload(p, blobs, &path, stored));
    let mut uploads = stream::iter(uploads).buffer_unordered(UPLOADS);
    let mut done = 0_u64;
    while uploads.try_next().await?.is_some() {
        done += 1;
        if done.is_multiple_of(TOLD) {
            progress(&format!("{done} of {} objects", all.len()));
        }
    }
    Ok(())
}

async fn upload<P: Platform>(p: &P, blobs: &Blobs, path: &Path, stored: &Stored<'_>) -> Result<(), ArchiveError> {
    let damaged = || ArchiveError::damaged(format!("{} does not have its SHA-256", stored.entry.name));
    let digits = &stored.entry.sha256;
    let byte = |n| u8::from_str_radix(digits.get(n..n + 2)?, 16).ok();
    let hash: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect::<Option<_>>().ok_or_else(damaged)?;
    let sha256 = BASE64_STANDARD.encode(hash);
    for attempt in 1.. {
        let (size, headers) = (stored.entry.size, &stored.entry.headers[..]);
        let body = body(path, stored.at, size).map_err(ArchiveError::at(path))?;
        match blobs.upload(p, &stored.key, Upload { size, sha256: &sha256, headers, body }).await {
            Ok(()) => return Ok(()),
            Err(BlobError::Refused { status: 400, code }) if code == "BadDigest" => return Err(damaged()),
            Err(BlobError::Port(_) | BlobError::Refused { status: 500.., .. }) if attempt < TRIES => {
                p.sleep(Duration::from_millis(250 << attempt)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A stretch of a file, read as it is sent.
fn body<N>(path: &Path, at: u64, size: u64) -> std::io::Result<Body<N>> {
    if size == 0 {
        return Ok(Body::Empty);
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(at))?;
    if size <= CHUNK as u64 {
        let mut bytes = Vec::with_capacity(CHUNK);
        file.take(size).read_to_end(&mut bytes)?;
        return Ok(Body::from(bytes));
    }
    let chunks = stream::try_unfold((file, size), |(mut file, left)| async move {
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)];
        if bytes.is_empty() {
            return Ok(None);
        }
        file.read_exact(&mut bytes).map_err(|e| Error::internal(format!("the archive: {e}")))?;
        let left = left - bytes.len() as u64;
        Ok(Some((Bytes::from(bytes), (file, left))))
    });
    Ok(Body::Stream(Box::pin(chunks)))
}
