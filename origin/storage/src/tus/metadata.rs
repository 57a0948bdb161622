//! `Upload-Metadata`: pairs of a name and a value in base64.

use aw_platform::{ApiError, Result, http::HeaderMap};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The longest value of the header, in bytes.
const LENGTH: usize = 4096;

/// What an upload was begun with.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// As it came.
    pub(super) raw: String,
    pairs: Vec<(String, String)>,
}

impl Metadata {
    /// # Errors
    /// 400 for what is no such header.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(value) = headers.get("upload-metadata") else { return Ok(Self::default()) };
        let invalid = || {
            let why = "Upload-Metadata is pairs of a name and a value in base64, at most 4096 bytes of them";
            ApiError::bad_request("STORAGE_UPLOAD_METADATA_INVALID", why)
        };
        let raw = value.to_str().ok().filter(|raw| raw.len() <= LENGTH).ok_or_else(invalid)?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in raw.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = BASE64_STANDARD.decode(value.trim()).ok().and_then(|value| String::from_utf8(value).ok());
            if pairs.iter().any(|(there, _)| there == name) {
                return Err(invalid());
            }
            pairs.push((name.to_owned(), value.ok_or_else(invalid)?));
        }
        Ok(Self { raw: raw.to_owned(), pairs })
    }

    /// The first of `names` that has a value.
    pub(super) fn get(&self, names: &[&str]) -> Option<&str> {
        let value = |name: &&str| self.pairs.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str());
        names.iter().find_map(value).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<Metadata, ApiError> {
        Metadata::of(&HeaderMap::from_iter([("upload-metadata".parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn pairs_are_read() {
        let metadata = of("filename d29ybGQucGRm,is_confidential, filetype YXBwbGljYXRpb24vcGRm").unwrap();
        assert_eq!(metadata.get(&["name", "filename"]), Some("world.pdf"));
        assert_eq!(metadata.get(&["filetype"]), Some("application/pdf"));
        assert_eq!(metadata.get(&["is_confidential"]), None);
        for invalid in ["filename !", "a YQ==,a YQ==", "a /w=="] {
            assert_eq!(of(invalid).unwrap_err().status(), 400, "{invalid}");
        }
    }
}
