//! What the store has: pages of keys, and uploads in parts that nobody ended.

use aw_platform::{Platform, Response, http::Method};
use aw_trust::sigv4::escape;

use crate::{BlobError, Blobs, blobs::refusal, name::path, xml};

/// The longest page: 1000 keys of 1024 bytes, escaped, and what is said of each.
const PAGE: usize = 8 << 20;

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// In bytes.
    pub size: u64,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Up to 1000 objects, in the order of their keys' bytes.
    pub objects: Vec<Listed>,
    /// Where a delimiter was asked for: what the keys begin with that have it behind the prefix.
    pub prefixes: Vec<String>,
    /// Names the page after this one, where there is one.
    pub next: Option<String>,
}

impl Blobs {
    /// Up to a thousand keys that begin with `prefix`, in order: the first [`page`](Self::page).
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn list<P: Platform>(&self, platform: &P, prefix: &str) -> Result<Vec<String>, BlobError> {
        let page = self.page(platform, prefix, None, None).await?;
        Ok(page.objects.into_iter().map(|object| object.key).collect())
    }

    /// A page of the objects whose keys begin with `prefix`; folded at `delimiter`, where there is one. `from` is the
    /// page before's `next`.
    ///
    /// # Errors
    /// The store says no, cannot be reached, or answers what is no list.
    pub async fn page<P: Platform>(
        &self,
        platform: &P,
        prefix: &str,
        delimiter: Option<char>,
        from: Option<&str>,
    ) -> Result<Listing, BlobError> {
        // Keys have no character that XML cannot carry: they need no other encoding.
        let mut query = format!("list-type=2&prefix={}", escape(prefix));
        if let Some(delimiter) = delimiter {
            query = format!("delimiter={}&{query}", escape(&delimiter.to_string()));
        }
        if let Some(from) = from {
            query = format!("continuation-token={}&{query}", escape(from));
        }
        let text = self.ask(platform, &query).await?;
        let no_list = || BlobError::Refused { status: 500, code: "NoList".into() };
        let mut head = xml::rows(&text, "ListBucketResult").pop().ok_or_else(no_list)?;
        let more = head.get("IsTruncated").is_some_and(|more| more == "true");
        let next = head.remove("NextContinuationToken").filter(|_| more);
        if more && next.is_none() {
            return Err(no_list());
        }
        let listed = |mut row: xml::Row| {
            let size = row.get("Size").and_then(|size| size.parse().ok()).ok_or_else(no_list)?;
            Ok(Listed { key: row.remove("Key").ok_or_else(no_list)?, size })
        };
        let objects = xml::rows(&text, "Contents").into_iter().map(listed).collect::<Result<_, BlobError>>()?;
        let folded = xml::rows(&text, "CommonPrefixes").into_iter();
        let prefixes = folded.map(|mut row| row.remove("Prefix").ok_or_else(no_list)).collect::<Result<_, _>>()?;
        Ok(Listing { objects, prefixes, next })
    }

    /// Ends up to 1000 uploads in parts of keys that begin with `prefix`, as if they had never begun; how many there
    /// were.
    ///
    /// # Errors
    /// The store says no, cannot be reached, or answers what is no list.
    pub async fn end_uploads<P: Platform>(&self, platform: &P, prefix: &str) -> Result<usize, BlobError> {
        let text = self.ask(platform, &format!("prefix={}&uploads=", escape(prefix))).await?;
        if xml::rows(&text, "ListMultipartUploadsResult").is_empty() {
            return Err(BlobError::Refused { status: 500, code: "NoList".into() });
        }
        let uploads = xml::rows(&text, "Upload");
        for upload in &uploads {
            let (Some(key), Some(id)) = (upload.get("Key"), upload.get("UploadId")) else {
                return Err(BlobError::Refused { status: 500, code: "NoList".into() });
            };
            let target = format!("{}?uploadId={}", path(&self.bucket, key)?, escape(id));
            let response = self.send(platform, Method::DELETE, &target, None).await?;
            if !response.status().is_success() {
                match refusal::<P>(response).await {
                    // Somebody else has ended it meanwhile.
                    BlobError::Refused { status: 404, .. } => {}
                    error => return Err(error),
                }
            }
        }
        Ok(uploads.len())
    }

    /// The bucket's answer to a query.
    async fn ask<P: Platform>(&self, platform: &P, query: &str) -> Result<String, BlobError> {
        let target = format!("/{}?{query}", escape(&self.bucket));
        let response: Response<P> = self.send(platform, Method::GET, &target, None).await?;
        if !response.status().is_success() {
            return Err(refusal::<P>(response).await);
        }
        let text = response.into_body().bytes(PAGE).await?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
