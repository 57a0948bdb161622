//! Uploads in parts: each but the last has 5 MiB or more, their numbers are 1 to 10,000.

use aw_platform::{
    Bytes, Platform,
    http::{Method, StatusCode, header},
};
use aw_trust::sigv4::escape;

use crate::{
    BlobError, Blobs,
    blobs::{LIST, finished, refusal},
    name::path,
    xml,
};

const OCTETS: &str = "application/octet-stream";

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u32,
    /// In bytes.
    pub size: u64,
    /// Its entity tag, quotes included.
    pub etag: String,
}

/// Some parts of an upload, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The parts.
    pub parts: Vec<Part>,
    /// The number after which there are more.
    pub next: Option<u32>,
}

/// An upload that was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The key that it would have.
    pub key: String,
    /// Its id.
    pub id: String,
    /// When it was begun: RFC 3339, in UTC.
    pub begun: String,
}

impl Blobs {
    /// Begins an upload of `key`; its id.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn begin_upload<P: Platform>(&self, platform: &P, key: &str) -> Result<String, BlobError> {
        let target = format!("{}?uploads=", path(&self.bucket, key)?);
        let empty = Some((OCTETS, Bytes::new()));
        let text = finished::<P>(self.send(platform, Method::POST, &target, empty).await?).await?;
        let id = xml::rows(&text, "InitiateMultipartUploadResult").pop().and_then(|mut row| row.remove("UploadId"));
        id.filter(|id| !id.is_empty()).ok_or(BlobError::Refused { status: 500, code: "NoUploadId".into() })
    }

    /// Stores part `number` of an upload, over what is there; its entity tag.
    ///
    /// # Errors
    /// [`BlobError::Refused`] with `NoSuchUpload` where it has ended; the store says no or cannot be reached.
    pub async fn put_part<P: Platform>(
        &self,
        platform: &P,
        (key, upload, number): (&str, &str, u32),
        bytes: Bytes,
    ) -> Result<String, BlobError> {
        if bytes.len() > crate::MOST {
            return Err(BlobError::TooLarge);
        }
        let target = format!("{}?partNumber={number}&uploadId={}", path(&self.bucket, key)?, escape(upload));
        let response = self.send(platform, Method::PUT, &target, Some((OCTETS, bytes))).await?;
        if !response.status().is_success() {
            return Err(refusal::<P>(response).await);
        }
        let etag = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
        etag.map(str::to_owned).ok_or(BlobError::Refused { status: 500, code: "NoETag".into() })
    }

    /// Up to `most` parts (1 to 1000) that an upload has, with numbers over `after`; `None` where there is no such
    /// upload, or no more.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn parts<P: Platform>(
        &self,
        platform: &P,
        (key, upload): (&str, &str),
        after: u32,
        most: u32,
    ) -> Result<Option<Parts>, BlobError> {
        let path = path(&self.bucket, key)?;
        let target = format!("{path}?max-parts={most}&part-number-marker={after}&uploadId={}", escape(upload));
        let response = self.send(platform, Method::GET, &target, None).await?;
        if !response.status().is_success() {
            return match refusal::<P>(response).await {
                BlobError::Refused { status: 404, code } if code == "NoSuchUpload" => Ok(None),
                error => Err(error),
            };
        }
        let text = response.into_body().bytes(LIST).await?;
        let text = String::from_utf8_lossy(&text);
        let part = |mut row: xml::Row| {
            let number = row.get("PartNumber")?.parse().ok()?;
            Some(Part { number, size: row.get("Size")?.parse().ok()?, etag: row.remove("ETag")? })
        };
        let parts: Vec<Part> = xml::rows(&text, "Part").into_iter().filter_map(part).collect();
        let more = xml::rows(&text, "ListPartsResult").pop().and_then(|mut row| row.remove("IsTruncated"));
        let next = parts.last().map(|part| part.number).filter(|_| more.as_deref() == Some("true"));
        Ok(Some(Parts { parts, next }))
    }

    /// Makes the parts of these numbers and entity tags the object `key`; its entity tag.
    ///
    /// # Errors
    /// [`BlobError::Refused`] with `NoSuchUpload` where it has ended, `InvalidPart` where a part is another one; the
    /// store says no or cannot be reached.
    pub async fn complete_upload<P: Platform>(
        &self,
        platform: &P,
        (key, upload): (&str, &str),
        parts: &[(u32, &str)],
    ) -> Result<String, BlobError> {
        let target = format!("{}?uploadId={}", path(&self.bucket, key)?, escape(upload));
        let rows: String = parts
            .iter()
            .map(|(number, etag)| {
                let etag = quick_xml::escape::escape(*etag);
                format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
            })
            .collect();
        let body = format!(
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{rows}</CompleteMultipartUpload>"
        );
        let body = Some(("application/xml", Bytes::from(body)));
        let text = finished::<P>(self.send(platform, Method::POST, &target, body).await?).await?;
        let etag = xml::rows(&text, "CompleteMultipartUploadResult").pop().and_then(|mut row| row.remove("ETag"));
        Ok(etag.unwrap_or_default())
    }

    /// Ends an upload and forgets its parts; one that is not there is no error.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn abort_upload<P: Platform>(&self, platform: &P, key: &str, upload: &str) -> Result<(), BlobError> {
        let target = format!("{}?uploadId={}", path(&self.bucket, key)?, escape(upload));
        let response = self.send(platform, Method::DELETE, &target, None).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND => match refusal::<P>(response).await {
                BlobError::Refused { status: 404, code } if code == "NoSuchUpload" => Ok(()),
                error => Err(error),
            },
            _ => Err(refusal::<P>(response).await),
        }
    }

    /// Up to a thousand uploads of keys that begin with `prefix`, which were begun and not ended.
    ///
    /// # Errors
    /// The store says no or cannot be reached.
    pub async fn uploads<P: Platform>(&self, platform: &P, prefix: &str) -> Result<Vec<Begun>, BlobError> {
        let target = format!("/{}?prefix={}&uploads=", escape(&self.bucket), escape(prefix));
        let response = self.send(platform, Method::GET, &target, None).await?;
        if !response.status().is_success() {
            return Err(refusal::<P>(response).await);
        }
        let text = response.into_body().bytes(LIST).await?;
        let begun = |mut row: xml::Row| {
            let (key, id, begun) = (row.remove("Key")?, row.remove("UploadId")?, row.remove("Initiated")?);
            Some(Begun { key, id, begun })
        };
        Ok(xml::rows(&String::from_utf8_lossy(&text), "Upload").into_iter().filter_map(begun).collect())
    }
}
