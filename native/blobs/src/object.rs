//! What is known of an object besides its bytes.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use s3s::dto::{Checksum, ETag, Timestamp, TimestampFormat};
use serde::{Deserialize, Serialize};

/// An object, as the index has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Object {
    /// The name of its file.
    pub(crate) file: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified: u64,
    /// What it is served with.
    pub(crate) headers: Headers,
    /// What the writer asked to be computed.
    #[serde(default)]
    pub(crate) checksums: Checksums,
}

/// The header fields that belong to an object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) cache_control: Option<String>,
    /// As an HTTP date.
    pub(crate) expires: Option<String>,
    pub(crate) redirect: Option<String>,
    /// `x-amz-meta-*`.
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Checksums, base64.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Checksums {
    pub(crate) crc32: Option<String>,
    pub(crate) crc32c: Option<String>,
    pub(crate) crc64nvme: Option<String>,
    pub(crate) sha1: Option<String>,
    pub(crate) sha256: Option<String>,
}

impl From<Checksum> for Checksums {
    fn from(sums: Checksum) -> Self {
        Self {
            crc32: sums.checksum_crc32,
            crc32c: sums.checksum_crc32c,
            crc64nvme: sums.checksum_crc64nvme,
            sha1: sums.checksum_sha1,
            sha256: sums.checksum_sha256,
        }
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

/// A time as S3 writes it.
pub(crate) fn timestamp(ms: u64) -> Timestamp {
    Timestamp::from(UNIX_EPOCH + Duration::from_millis(ms))
}

/// An HTTP date; `None` for a time that has none.
pub(crate) fn http_date(time: Timestamp) -> Option<String> {
    let mut text = Vec::new();
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

impl Object {
    /// Its entity tag.
    pub(crate) fn tag(&self) -> ETag {
        ETag::Strong(self.etag.clone())
    }

    /// When it was written.
    pub(crate) fn time(&self) -> Timestamp {
        timestamp(self.modified)
    }
}

impl Headers {
    /// The date from which it is stale.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        Timestamp::parse(TimestampFormat::HttpDate, self.expires.as_deref()?).ok()
    }

    /// The metadata; `None` where there is none.
    pub(crate) fn metadata(&self) -> Option<s3s::dto::Metadata> {
        (!self.metadata.is_empty()).then(|| self.metadata.clone().into_iter().collect())
    }
}
