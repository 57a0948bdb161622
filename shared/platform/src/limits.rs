//! The limits that hold on every platform, and the check that a request keeps to them.

use crate::{ApiError, Body, NativeBody};

/// Longest KV or cache key, in bytes.
pub const KV_KEY: usize = 256;
/// Longest KV value, in bytes.
pub const KV_VALUE: usize = 1_000_000;
/// Longest request target (path and query), in bytes: Fastly's limit.
pub const URL: usize = 8_192;
/// Most bytes of all request header names and values together.
pub const HEADERS: usize = 65_536;
/// Most request header fields: under the 100 that hyper takes without allocating for them, and Spin and Viceroy at all.
pub const HEADER_COUNT: usize = 96;

/// Refuses a request that is over a limit: 414 for its URL, 431 for its headers, 413 for a body that says it is
/// longer than `max_body` bytes. A body of unknown length is held to the limit where it is read.
///
/// # Errors
/// The error to answer with.
pub fn check<N: NativeBody>(req: &http::Request<Body<N>>, max_body: u64) -> Result<(), ApiError> {
    let target = req.uri().path_and_query().map_or(0, |p| p.as_str().len());
    if target > URL {
        return Err(ApiError::new(414, "REQUEST_URL_TOO_LONG", format!("the URL is longer than {URL} bytes")));
    }
    let headers: usize = req.headers().iter().map(|(k, v)| k.as_str().len() + v.len()).sum();
    if headers > HEADERS || req.headers().len() > HEADER_COUNT {
        return Err(ApiError::new(
            431,
            "REQUEST_HEADERS_TOO_LARGE",
            format!("headers are limited to {HEADER_COUNT} fields and {HEADERS} bytes"),
        ));
    }
    let declared = req.headers().get(http::header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if declared.or(req.body().size_hint()).is_some_and(|n: u64| n > max_body) {
        return Err(ApiError::body_too_large(max_body));
    }
    Ok(())
}

/// Whether `key` may be a KV or cache key.
pub const fn key_ok(key: &str) -> bool {
    !key.is_empty() && key.len() <= KV_KEY
}

/// Whether `name` may be a database's: 1 to 63 of `a-z 0-9 _ -`, which mean nothing else in any connection string.
pub fn database_ok(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(plain)
}
