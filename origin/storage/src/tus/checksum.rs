//! `Upload-Checksum`: what the client says of a chunk.

use aw_platform::{ApiError, Result, http::HeaderMap};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The algorithms that are known.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// Whether the chunk is the one that was meant.
///
/// # Errors
/// 460 where it is another, 400 for what is no checksum.
pub(super) fn check(headers: &HeaderMap, chunk: &[u8]) -> Result<(), ApiError> {
    let Some(value) = headers.get("upload-checksum") else { return Ok(()) };
    let invalid = || {
        let why = "Upload-Checksum is sha1 or sha256, a blank, and the checksum in base64";
        ApiError::bad_request("STORAGE_UPLOAD_CHECKSUM_INVALID", why)
    };
    let (algorithm, sum) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(invalid)?;
    let sum = BASE64_STANDARD.decode(sum).map_err(|_| invalid())?;
    let same = match algorithm {
        "sha1" => Sha1::digest(chunk)[..] == sum,
        "sha256" => Sha256::digest(chunk)[..] == sum,
        _ => return Err(invalid()),
    };
    if same {
        return Ok(());
    }
    Err(ApiError::new(460, "STORAGE_UPLOAD_CHECKSUM_MISMATCH", "the chunk was damaged on its way: send it again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_chunk_is_seen() {
        let status = |value: &str, chunk: &[u8]| {
            let headers = HeaderMap::from_iter([("upload-checksum".parse().unwrap(), value.parse().unwrap())]);
            check(&headers, chunk).map_or_else(|e| e.status(), |()| 200)
        };
        assert_eq!(status("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello world"), 200);
        assert_eq!(status("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello worle"), 460);
        assert_eq!(status("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", b"hello world"), 200);
        for invalid in ["sha1", "sha1 !", "md5 Kq5s", "crc32 AAAA"] {
            assert_eq!(status(invalid, b""), 400, "{invalid}");
        }
        assert!(check(&HeaderMap::new(), b"x").is_ok());
    }
}
