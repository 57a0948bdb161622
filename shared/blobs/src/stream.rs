//! Objects whose bytes pass through, however many they are, with everything that the store was told of them.

use std::time::Duration;

use aw_platform::{
    Body, FetchOptions, Platform,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
};
use aw_trust::sigv4::{self, Payload};

use crate::{
    BlobError, Blobs,
    blobs::{BACKEND, refusal},
    name::path,
};

/// The longest object that is put in one piece, in bytes: S3's limit.
const LONGEST: u64 = 5 << 30;
/// How long the store may take to answer to one: it answers when it has all.
const PATIENCE: FetchOptions = FetchOptions { first_byte: Duration::from_secs(3600) };
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");

/// What is to be stored.
pub struct Upload<'a, N> {
    /// In bytes.
    pub size: u64,
    /// The bytes' SHA-256 in base64; the store refuses others.
    pub sha256: &'a str,
    /// What [`kept`](Blobs::open) gave.
    pub headers: &'a [(String, String)],
    /// The bytes.
    pub body: Body<N>,
}

impl Blobs {
    /// The object under `key`, unread, and the headers that it was stored with; `None` where there is none.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn open<P: Platform>(
        &self,
        platform: &P,
        key: &str,
    ) -> Result<Option<(Vec<(String, String)>, Body<P::Body>)>, BlobError> {
        let response = self.send(platform, Method::GET, &path(&self.bucket, key)?, None).await?;
        if response.status().is_success() {
            let (head, body) = response.into_parts();
            return Ok(Some((kept(&head.headers), body)));
        }
        match refusal::<P>(response).await {
            BlobError::Refused { status: 404, code } if code.is_empty() || code == "NoSuchKey" => Ok(None),
            error => Err(error),
        }
    }

    /// Stores an object under `key`, over what is there, without holding it in memory.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] past 5 GiB; the bytes are others than was said; the store says no or cannot be reached.
    pub async fn upload<P: Platform>(
        &self,
        platform: &P,
        key: &str,
        upload: Upload<'_, P::Body>,
    ) -> Result<(), BlobError> {
        if upload.size > LONGEST {
            return Err(BlobError::TooLarge);
        }
        let mut request = Request::new(());
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = path(&self.bucket, key)?.parse().map_err(|_| BlobError::Key)?;
        let (mut head, ()) = request.into_parts();
        let said = upload.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in said.chain([(CHECKSUM.as_str(), upload.sha256)]) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| BlobError::Key)?;
            head.headers.append(name, HeaderValue::from_str(value).map_err(|_| BlobError::Key)?);
        }
        // The bytes are checked by their checksum, which is signed: they need not be read twice.
        sigv4::sign(&mut head, &self.authority, &self.credentials(), platform.now() / 1000, Payload::Unsigned)
            .map_err(aw_platform::Error::from)?;
        head.headers.insert(header::CONTENT_LENGTH, upload.size.into());
        let response = platform.fetch(BACKEND, Request::from_parts(head, upload.body), PATIENCE).await?;
        if response.status().is_success() { Ok(()) } else { Err(refusal::<P>(response).await) }
    }
}

/// What a client gave the store to keep with an object.
fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let ours = |name: &HeaderName| {
        [
            header::CONTENT_TYPE,
            header::CONTENT_DISPOSITION,
            header::CONTENT_ENCODING,
            header::CONTENT_LANGUAGE,
            header::CACHE_CONTROL,
        ]
        .contains(name)
            || name.as_str().starts_with("x-amz-meta-")
    };
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let kept = headers.iter().filter(|(name, _)| ours(name));
    let mut kept: Vec<_> = kept.filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?))).collect();
    kept.sort_unstable();
    kept
}
