//! What several operations' inputs have in common. They are types of their own, so that only their fields' names are.

use s3s::{S3Result, dto::CopySource, s3_error};

use crate::store::Store;

/// The header fields of an object to be, from an input that has them.
macro_rules! headers {
    ($input:ident) => {
        Headers {
            content_type: $input.content_type,
            content_encoding: $input.content_encoding,
            content_disposition: $input.content_disposition,
            content_language: $input.content_language,
            cache_control: $input.cache_control,
            expires: $input.expires.and_then(http_date),
            redirect: $input.website_redirect_location,
            metadata: $input.metadata.unwrap_or_default().into_iter().collect(),
        }
    };
}

/// What the sender says of a body.
macro_rules! claims {
    ($input:ident, $trailers:expr) => {
        Claims {
            length: $input.content_length,
            md5: $input.content_md5,
            algorithm: $input.checksum_algorithm,
            checksums: Checksums {
                crc32: $input.checksum_crc32,
                crc32c: $input.checksum_crc32c,
                crc64nvme: $input.checksum_crc64nvme,
                sha1: $input.checksum_sha1,
                sha256: $input.checksum_sha256,
            },
            trailers: $trailers,
        }
    };
}

/// The conditions of an input that has them all.
macro_rules! conditions {
    ($input:ident) => {
        Conditions {
            if_match: $input.if_match,
            if_none_match: $input.if_none_match,
            if_modified_since: $input.if_modified_since,
            if_unmodified_since: $input.if_unmodified_since,
        }
    };
}

/// The conditions on the source of a copy.
macro_rules! source_conditions {
    ($input:ident) => {
        Conditions {
            if_match: $input.copy_source_if_match,
            if_none_match: $input.copy_source_if_none_match,
            if_modified_since: $input.copy_source_if_modified_since,
            if_unmodified_since: $input.copy_source_if_unmodified_since,
        }
    };
}

pub(super) use {claims, conditions, headers, source_conditions};

/// The key of a copy's source in this store.
pub(super) fn source(store: &Store, from: CopySource) -> S3Result<Box<str>> {
    let CopySource::Bucket { bucket, key, .. } = from else {
        return Err(s3_error!(NotImplemented, "a copy is from a bucket"));
    };
    store.check(&bucket)?;
    Ok(key)
}
