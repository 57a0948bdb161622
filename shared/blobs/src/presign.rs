//! URLs that anyone may use for a while, for the address at which clients reach the store.

use std::time::Duration;

use aw_platform::{Platform, http::Method};
use aw_trust::sigv4::Presigned;

use crate::{BlobError, Blobs, name::path};

/// A request that its holder may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Where to.
    pub url: String,
    /// Headers that it must have with these values.
    pub headers: Vec<(&'static str, String)>,
}

/// How an object is served from a URL.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served<'a> {
    /// `Content-Type`, whatever the writer said.
    pub content_type: Option<&'a str>,
    /// `Content-Disposition`.
    pub disposition: Option<&'a str>,
    /// `Cache-Control`.
    pub cache_control: Option<&'a str>,
}

impl Blobs {
    /// A URL from which anyone may read the object for `life` (a second to seven days), ranges too.
    ///
    /// # Errors
    /// [`BlobError::Key`].
    pub fn presign_get<P: Platform>(&self, platform: &P, key: &str, life: Duration) -> Result<String, BlobError> {
        self.presign_get_as(platform, key, life, Served::default())
    }

    /// As [`presign_get`](Self::presign_get), with headers of the answer.
    ///
    /// # Errors
    /// [`BlobError::Key`].
    pub fn presign_get_as<P: Platform>(
        &self,
        platform: &P,
        key: &str,
        life: Duration,
        served: Served<'_>,
    ) -> Result<String, BlobError> {
        let query = [
            ("response-content-type", served.content_type),
            ("response-content-disposition", served.disposition),
            ("response-cache-control", served.cache_control),
        ];
        let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        self.presign(platform, &Method::GET, key, &query, &[], life)
    }

    /// A URL to which anyone may `PUT` the object for `life` (a second to seven days).
    ///
    /// # Errors
    /// [`BlobError::Key`].
    pub fn presign_put<P: Platform>(&self, platform: &P, key: &str, life: Duration) -> Result<String, BlobError> {
        self.presign(platform, &Method::PUT, key, &[], &[], life)
    }

    /// As [`presign_put`](Self::presign_put), for `size` bytes, no more and no fewer, and for those of one SHA-256 (in
    /// base64) where it is known: the store refuses all others.
    ///
    /// # Errors
    /// [`BlobError::Key`].
    pub fn presign_put_of<P: Platform>(
        &self,
        platform: &P,
        key: &str,
        life: Duration,
        size: u64,
        sha256: Option<&str>,
    ) -> Result<Signed, BlobError> {
        let mut headers = vec![("content-length", size.to_string())];
        headers.extend(sha256.map(|sum| ("x-amz-checksum-sha256", sum.to_owned())));
        let url = self.presign(platform, &Method::PUT, key, &[], &headers, life)?;
        Ok(Signed { url, headers })
    }

    /// A URL to which anyone may `PUT` part `number` (1 to 10,000) of an upload, of `size` bytes, for `life`.
    ///
    /// # Errors
    /// [`BlobError::Key`].
    pub fn presign_part<P: Platform>(
        &self,
        platform: &P,
        (key, upload, number): (&str, &str, u32),
        life: Duration,
        size: u64,
    ) -> Result<Signed, BlobError> {
        let headers = vec![("content-length", size.to_string())];
        let query = [("partNumber", &*number.to_string()), ("uploadId", upload)];
        let url = self.presign(platform, &Method::PUT, key, &query, &headers, life)?;
        Ok(Signed { url, headers })
    }

    fn presign<P: Platform>(
        &self,
        platform: &P,
        method: &Method,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&'static str, String)],
        life: Duration,
    ) -> Result<String, BlobError> {
        let path = path(&self.bucket, key)?;
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = Presigned { method, host: &self.authority, path: &path, query, headers: &headers };
        let target = request.target(&self.credentials(), platform.now() / 1000, life.as_secs());
        Ok(format!("{}{target}", self.base))
    }
}
