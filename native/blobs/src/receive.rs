//! A body on its way into a file, checked against what its sender says of it.

use std::io::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::StreamExt;
use s3s::{
    S3Error, S3ErrorCode, S3Result, TrailingHeaders,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Md5},
    dto::{ChecksumAlgorithm, StreamingBlob},
    s3_error,
};

use crate::{files::Files, index::broken, object::Checksums};

/// What a sender says of a body.
#[derive(Default)]
pub(crate) struct Claims {
    /// Its length.
    pub(crate) length: Option<i64>,
    /// Its MD5, base64.
    pub(crate) md5: Option<String>,
    /// A checksum to compute where none is given.
    pub(crate) algorithm: Option<ChecksumAlgorithm>,
    /// Its checksums.
    pub(crate) checksums: Checksums,
    /// Where checksums may follow the body.
    pub(crate) trailers: Option<TrailingHeaders>,
}

/// A body that is in a file, on disk.
pub(crate) struct Received {
    /// The file's name.
    pub(crate) file: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Its MD5.
    pub(crate) md5: [u8; 16],
    /// Its checksums.
    pub(crate) checksums: Checksums,
}

/// Writes `body` to a new file. Nothing is left of one that is not what its sender says.
///
/// # Errors
/// It breaks off, or is something else: 400.
pub(crate) async fn receive(files: &Files, body: Option<StreamingBlob>, claims: Claims) -> S3Result<Received> {
    let Claims { length, md5: said_md5, algorithm, mut checksums, trailers } = claims;
    let mut hasher = hasher(&checksums, algorithm)?;
    let mut md5 = Md5::new();
    let (incoming, mut file) = files.begin().map_err(broken)?;
    let mut size = 0_u64;
    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            // s3s has checked the signatures of chunks, and says here if they are wrong.
            let chunk = chunk.map_err(|e| S3Error::with_source(S3ErrorCode::IncompleteBody, e))?;
            md5.update(&chunk);
            hasher.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).map_err(broken)?;
        }
    }
    if length.is_some_and(|length| u64::try_from(length) != Ok(size)) {
        return Err(s3_error!(IncompleteBody));
    }
    let md5 = md5.finalize();
    if let Some(said) = said_md5
        && said != BASE64_STANDARD.encode(md5)
    {
        return Err(s3_error!(BadDigest, "the body has another MD5"));
    }
    if let Some(trailers) = trailers.and_then(|trailers| trailers.take()) {
        let text = |name: &str| trailers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let Checksums { crc32, crc32c, crc64nvme, sha1, sha256 } = &mut checksums;
        for (place, name) in [
            (crc32, "x-amz-checksum-crc32"),
            (crc32c, "x-amz-checksum-crc32c"),
            (crc64nvme, "x-amz-checksum-crc64nvme"),
            (sha1, "x-amz-checksum-sha1"),
            (sha256, "x-amz-checksum-sha256"),
        ] {
            *place = text(name).or_else(|| place.take());
        }
    }
    let computed: Checksums = hasher.finalize().into();
    if !agrees(&computed, &checksums) {
        return Err(s3_error!(BadDigest, "the body has another checksum"));
    }
    let files = files.clone();
    let placed = tokio::task::spawn_blocking(move || files.place(incoming, &file)).await;
    let file = placed.map_err(broken)?.map_err(broken)?;
    Ok(Received { file, size, md5, checksums: computed })
}

fn hasher(given: &Checksums, algorithm: Option<ChecksumAlgorithm>) -> S3Result<ChecksumHasher> {
    let mut hasher = ChecksumHasher {
        crc32: given.crc32.as_ref().map(|_| Default::default()),
        crc32c: given.crc32c.as_ref().map(|_| Default::default()),
        crc64nvme: given.crc64nvme.as_ref().map(|_| Default::default()),
        sha1: given.sha1.as_ref().map(|_| Default::default()),
        sha256: given.sha256.as_ref().map(|_| Default::default()),
    };
    match algorithm.as_ref().map(ChecksumAlgorithm::as_str) {
        None => {}
        Some(ChecksumAlgorithm::CRC32) => hasher.crc32 = Some(Default::default()),
        Some(ChecksumAlgorithm::CRC32C) => hasher.crc32c = Some(Default::default()),
        Some(ChecksumAlgorithm::CRC64NVME) => hasher.crc64nvme = Some(Default::default()),
        Some(ChecksumAlgorithm::SHA1) => hasher.sha1 = Some(Default::default()),
        Some(ChecksumAlgorithm::SHA256) => hasher.sha256 = Some(Default::default()),
        Some(_) => return Err(s3_error!(NotImplemented, "this checksum is not known here")),
    }
    Ok(hasher)
}

/// Whether every checksum that was said is the one that was computed.
fn agrees(computed: &Checksums, said: &Checksums) -> bool {
    let same = |computed: &Option<String>, said: &Option<String>| said.is_none() || said == computed;
    same(&computed.crc32, &said.crc32)
        && same(&computed.crc32c, &said.crc32c)
        && same(&computed.crc64nvme, &said.crc64nvme)
        && same(&computed.sha1, &said.sha1)
        && same(&computed.sha256, &said.sha256)
}
