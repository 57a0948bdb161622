//! Keys as they may stand in a URL.

use aw_trust::sigv4;

use crate::BlobError;

/// The longest key, in bytes: S3's limit.
const LENGTH: usize = 1024;

/// The path of an object. What a client, a proxy or the store could take for another key is refused.
pub(crate) fn path(bucket: &str, key: &str) -> Result<String, BlobError> {
    let ok = (1..=LENGTH).contains(&key.len())
        && !key.chars().any(char::is_control)
        && !key.split('/').any(|segment| matches!(segment, "" | "." | ".."));
    if ok { Ok(format!("/{}/{}", sigv4::escape(bucket), sigv4::escape_path(key))) } else { Err(BlobError::Key) }
}
