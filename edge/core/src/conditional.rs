//! Conditional requests (RFC 9110, section 13).

use aw_platform::ApiError;
use http::{HeaderMap, header};

/// What a request's conditions say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Go on.
    Proceed,
    /// 304: the client has it.
    NotModified,
}

/// Compares `If-Match` and `If-None-Match` with the entity tag, which is as it stands in `ETag`: `"…"` or `W/"…"`.
///
/// # Errors
/// 412 where `If-Match` does not hold.
pub fn evaluate(headers: &HeaderMap, etag: &str) -> Result<Condition, ApiError> {
    if let Some(list) = list(headers, &header::IF_MATCH)
        && !list.split(',').map(str::trim).any(|tag| tag == "*" || (tag == etag && !tag.starts_with("W/")))
    {
        return Err(ApiError::new(412, "REQUEST_PRECONDITION_FAILED", "this is not the version that was asked for"));
    }
    let known = list(headers, &header::IF_NONE_MATCH)
        .is_some_and(|list| list.split(',').map(str::trim).any(|tag| tag == "*" || opaque(tag) == opaque(etag)));
    Ok(if known { Condition::NotModified } else { Condition::Proceed })
}

/// All values of a header as one list. Our tags have no comma, so that splitting at commas finds them.
fn list(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// The tag without its weakness: what the weak comparison compares.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
