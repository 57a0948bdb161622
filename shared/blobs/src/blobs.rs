//! The client.

use std::time::Duration;

use aw_model::names;
use aw_platform::{
    Backend, Body, Bytes, FetchOptions, Platform, PlatformExt, Response, Result, Secret,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header, uri::Uri},
};
use aw_trust::sigv4::{self, Credentials, Payload};

use crate::{BlobError, Meta, Object, name::path};

/// The longest object that [`put`](Blobs::put) takes, in bytes. What is longer goes to a presigned URL.
pub const MOST: usize = 64 << 20;

pub(crate) const BACKEND: Backend = Backend(names::S3);
/// How long the store may take to answer, a put's upload included.
const PATIENCE: FetchOptions = FetchOptions { first_byte: Duration::from_secs(60) };
/// How much of a list is read: a thousand rows of S3's.
pub(crate) const LIST: usize = 2 << 20;
/// How much of an answer that says no is read.
const REFUSAL: usize = 16 << 10;

/// A bucket, by the settings and secrets of [`aw_model::names`].
#[derive(Debug)]
pub struct Blobs {
    pub(crate) base: String,
    pub(crate) authority: String,
    pub(crate) bucket: String,
    region: String,
    access_key: String,
    secret_key: Secret,
}

impl Blobs {
    /// Reads the settings.
    ///
    /// # Errors
    /// One is missing or has no sense, by name.
    pub async fn build<P: Platform>(platform: &P) -> Result<Self, BlobError> {
        let url = platform.require_config(names::S3_URL).await?;
        let uri: Uri = url.parse().map_err(|_| BlobError::Setting(names::S3_URL))?;
        let authority = match (uri.scheme_str(), uri.authority(), uri.path_and_query().map(|p| p.as_str())) {
            (Some("http" | "https"), Some(authority), None | Some("/")) => authority.to_string(),
            _ => return Err(BlobError::Setting(names::S3_URL)),
        };
        Ok(Self {
            base: url.trim_end_matches('/').to_owned(),
            authority,
            bucket: platform.require_config(names::S3_BUCKET).await?,
            region: platform.require_config(names::S3_REGION).await?,
            access_key: platform.require_config(names::S3_ACCESS).await?,
            secret_key: platform.secret(names::S3_SECRET).await?,
        })
    }

    /// Whether the bucket is there and ours.
    ///
    /// # Errors
    /// [`BlobError::Refused`] where it is not; the store cannot be reached.
    pub async fn check<P: Platform>(&self, platform: &P) -> Result<(), BlobError> {
        let path = format!("/{}", sigv4::escape(&self.bucket));
        let response = self.send(platform, Method::HEAD, &path, None).await?;
        if response.status().is_success() { Ok(()) } else { Err(refusal::<P>(response).await) }
    }

    /// Stores `bytes` under `key`, over what is there.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] past [`MOST`]; the store says no or cannot be reached.
    pub async fn put<P: Platform>(
        &self,
        platform: &P,
        key: &str,
        content_type: &'static str,
        bytes: Bytes,
    ) -> Result<(), BlobError> {
        if bytes.len() > MOST {
            return Err(BlobError::TooLarge);
        }
        let path = path(&self.bucket, key)?;
        let response = self.send(platform, Method::PUT, &path, Some((content_type, bytes))).await?;
        if response.status().is_success() { Ok(()) } else { Err(refusal::<P>(response).await) }
    }

    /// The object under `key`, unread; `None` where there is none.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn get<P: Platform>(&self, platform: &P, key: &str) -> Result<Option<Object<P>>, BlobError> {
        let response = self.send(platform, Method::GET, &path(&self.bucket, key)?, None).await?;
        if response.status().is_success() {
            let (head, body) = response.into_parts();
            return Ok(Some(Object { meta: Meta::of(&head.headers), body }));
        }
        match refusal::<P>(response).await {
            // A bucket that is not there is 404 too, and no reason to say that the object is not.
            BlobError::Refused { status: 404, code } if code.is_empty() || code == "NoSuchKey" => Ok(None),
            error => Err(error),
        }
    }

    /// Up to `length` bytes (at least one) of the object under `key` from `first` on, unread: none from its end on.
    /// `None` where there is no such object.
    ///
    /// # Errors
    /// The store says no, gives another range, or cannot be reached.
    pub async fn get_range<P: Platform>(
        &self,
        platform: &P,
        key: &str,
        first: u64,
        length: u64,
    ) -> Result<Option<Object<P>>, BlobError> {
        let last = first.saturating_add(length.max(1) - 1);
        let range = HeaderValue::from_str(&format!("bytes={first}-{last}")).map_err(|_| BlobError::Key)?;
        let path = path(&self.bucket, key)?;
        let response = self.send_with(platform, Method::GET, &path, None, [(header::RANGE, range)]).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let (head, body) = response.into_parts();
                return Ok(Some(Object { meta: Meta::of(&head.headers), body }));
            }
            status if status.is_success() => {
                return Err(BlobError::Refused { status: status.as_u16(), code: "InvalidRange".into() });
            }
            _ => {}
        }
        match refusal::<P>(response).await {
            BlobError::Refused { status: 416, .. } => Ok(Some(Object { meta: Meta::default(), body: Body::Empty })),
            BlobError::Refused { status: 404, code } if code.is_empty() || code == "NoSuchKey" => Ok(None),
            error => Err(error),
        }
    }

    /// What the store says of the object under `key`; `None` where there is none.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn head<P: Platform>(&self, platform: &P, key: &str) -> Result<Option<Meta>, BlobError> {
        let path = path(&self.bucket, key)?;
        let mode = [(HeaderName::from_static("x-amz-checksum-mode"), HeaderValue::from_static("ENABLED"))];
        let response = self.send_with(platform, Method::HEAD, &path, None, mode).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(Meta::of(response.headers()))),
            _ => Err(refusal::<P>(response).await),
        }
    }

    /// Removes the object under `key`; one that is not there is no error.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn delete<P: Platform>(&self, platform: &P, key: &str) -> Result<(), BlobError> {
        let response = self.send(platform, Method::DELETE, &path(&self.bucket, key)?, None).await?;
        if response.status().is_success() {
            return Ok(());
        }
        match refusal::<P>(response).await {
            BlobError::Refused { status: 404, code } if code.is_empty() || code == "NoSuchKey" => Ok(()),
            error => Err(error),
        }
    }

    /// Copies the object under `from`, while its entity tag is `etag`, to `to`, over what is there. At most 5 GB: S3's
    /// limit. `false` where there is no such object, or another.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn copy<P: Platform>(&self, platform: &P, from: &str, etag: &str, to: &str) -> Result<bool, BlobError> {
        let value = |s: &str| HeaderValue::from_str(s).map_err(|_| BlobError::Key);
        let fields = [
            (HeaderName::from_static("x-amz-copy-source"), value(&path(&self.bucket, from)?)?),
            (HeaderName::from_static("x-amz-copy-source-if-match"), value(etag)?),
        ];
        let response = self.send_with(platform, Method::PUT, &path(&self.bucket, to)?, None, fields).await?;
        match finished::<P>(response).await {
            Ok(_) => Ok(true),
            Err(BlobError::Refused { status: 404, code }) if code == "NoSuchKey" => Ok(false),
            Err(BlobError::Refused { status: 412, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn credentials(&self) -> Credentials<'_> {
        Credentials {
            access_key: &self.access_key,
            secret_key: self.secret_key.expose(),
            region: &self.region,
            service: "s3",
        }
    }

    pub(crate) async fn send<P: Platform>(
        &self,
        platform: &P,
        method: Method,
        path: &str,
        body: Option<(&'static str, Bytes)>,
    ) -> Result<Response<P>, BlobError> {
        self.send_with(platform, method, path, body, []).await
    }

    /// As [`send`](Self::send), with headers.
    pub(crate) async fn send_with<P: Platform>(
        &self,
        platform: &P,
        method: Method,
        path: &str,
        body: Option<(&'static str, Bytes)>,
        fields: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Result<Response<P>, BlobError> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|_| BlobError::Key)?;
        let (mut head, ()) = request.into_parts();
        head.headers.extend(fields);
        let bytes = body.map(|(content_type, bytes)| {
            head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            bytes
        });
        let payload = Payload::Signed(bytes.as_deref().unwrap_or_default());
        sigv4::sign(&mut head, &self.authority, &self.credentials(), platform.now() / 1000, payload)
            .map_err(aw_platform::Error::from)?;
        if let Some(bytes) = &bytes {
            // Not signed, because it is the platform's to write; without it some would send chunks, which S3 refuses.
            head.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
        }
        let body = bytes.map_or(Body::Empty, Body::from);
        Ok(platform.fetch(BACKEND, Request::from_parts(head, body), PATIENCE).await?)
    }
}

/// The text of an answer to what takes the store so long that it says 200 first, and only then whether it was done
/// (`CopyObject`, `CompleteMultipartUpload`).
pub(crate) async fn finished<P: Platform>(response: Response<P>) -> Result<String, BlobError> {
    if !response.status().is_success() {
        return Err(refusal::<P>(response).await);
    }
    let text = response.into_body().bytes(REFUSAL).await?;
    let text = String::from_utf8_lossy(&text).into_owned();
    // An answer without a body was broken off; what was done is found out by asking again.
    match text.contains("<Error>") || text.trim().is_empty() {
        true => Err(BlobError::Refused { status: 500, code: code(&text) }),
        false => Ok(text),
    }
}

/// The error that an answer tells of: S3 writes `<Error><Code>…</Code>…`.
pub(crate) async fn refusal<P: Platform>(response: Response<P>) -> BlobError {
    let status = response.status().as_u16();
    let text = response.into_body().bytes(REFUSAL).await.unwrap_or_default();
    BlobError::Refused { status, code: code(&String::from_utf8_lossy(&text)) }
}

fn code(text: &str) -> String {
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    let code = code.filter(|code| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
    code.unwrap_or_default().to_owned()
}
