//! What the store says of an object.

use aw_platform::{
    Body, Platform,
    http::{HeaderMap, HeaderName, header},
};

/// An object's metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// In bytes, where the store says.
    pub size: Option<u64>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Its entity tag, quotes included.
    pub etag: Option<String>,
    /// Its SHA-256 in base64, where the writer had the store check it and it was written in one piece.
    pub sha256: Option<String>,
}

impl Meta {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            size: text(header::CONTENT_LENGTH).and_then(|n| n.parse().ok()),
            content_type: text(header::CONTENT_TYPE),
            etag: text(header::ETAG),
            sha256: text(HeaderName::from_static("x-amz-checksum-sha256")),
        }
    }
}

/// An object whose bytes come as they are read.
pub struct Object<P: Platform> {
    /// What the store says of it.
    pub meta: Meta,
    /// Its bytes.
    pub body: Body<P::Body>,
}

impl<P: Platform> std::fmt::Debug for Object<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").field("meta", &self.meta).field("body", &self.body).finish()
    }
}
