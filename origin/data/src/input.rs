//! Reading requests.

use aw_ingress::Caller;
use aw_platform::{
    ApiError,
    http::{HeaderMap, header},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A request's body as JSON.
///
/// # Errors
/// 415 `REQUEST_MEDIA_TYPE_UNSUPPORTED` for another `Content-Type`, 400 `REQUEST_BODY_INVALID` for what is not the
/// JSON that it should be.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(415, "REQUEST_MEDIA_TYPE_UNSUPPORTED", "the body must be application/json"));
    }
    serde_json::from_slice(body).map_err(|e| ApiError::bad_request("REQUEST_BODY_INVALID", format!("the body: {e}")))
}

/// The version that `If-Match` names: an `ETag` that this API gave, or `*` for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// `*`
    Any,
    /// A row's version.
    Version(i64),
}

impl Match {
    /// From the header; `None` where there is none.
    ///
    /// # Errors
    /// 412 for a value that was never an `ETag` of ours: nothing can match it.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(Some(Self::Any));
        }
        let version = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).and_then(|v| v.parse().ok());
        version.map(|v| Some(Self::Version(v))).ok_or_else(Self::failed)
    }

    /// As [`from_headers`](Self::from_headers), where the header must be there.
    ///
    /// # Errors
    /// 428 `REQUEST_IF_MATCH_REQUIRED` where it is not.
    pub fn required(headers: &HeaderMap) -> Result<Self, ApiError> {
        Self::from_headers(headers)?.ok_or_else(|| {
            ApiError::new(428, "REQUEST_IF_MATCH_REQUIRED", "send If-Match with the ETag of what you have changed")
        })
    }

    /// Refuses a row of another version.
    ///
    /// # Errors
    /// 412 `REQUEST_IF_MATCH_FAILED`.
    pub fn check(self, version: i64) -> Result<(), ApiError> {
        if matches!(self, Self::Version(v) if v != version) { Err(Self::failed()) } else { Ok(()) }
    }

    fn failed() -> ApiError {
        ApiError::new(412, "REQUEST_IF_MATCH_FAILED", "somebody else has changed this meanwhile: read it again")
    }
}

/// The value of `name` in a query, decoded.
pub fn query(query: Option<&str>, name: &str) -> Option<String> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// 1 to 100.
    pub limit: u32,
    /// What the last page ended with.
    pub after: Option<Uuid>,
}

impl Page {
    /// From `?limit=&cursor=`.
    ///
    /// # Errors
    /// 400 `REQUEST_QUERY_INVALID`.
    pub fn from_query(q: Option<&str>) -> Result<Self, ApiError> {
        let limit = limit(q)?;
        let wrong = |why| ApiError::bad_request("REQUEST_QUERY_INVALID", why);
        let after = query(q, "cursor").map(|v| v.parse().map_err(|_| wrong("cursor must be one that a page gave")));
        Ok(Self { limit, after: after.transpose()? })
    }
}

/// How many rows a page is to have, from `?limit=`: 1 to 100, 50 where it is left out.
///
/// # Errors
/// 400 `REQUEST_QUERY_INVALID`.
pub fn limit(q: Option<&str>) -> Result<u32, ApiError> {
    let limit = query(q, "limit").map_or(Ok(50), |v| v.parse()).unwrap_or(0);
    if (1..=100).contains(&limit) {
        return Ok(limit);
    }
    Err(ApiError::bad_request("REQUEST_QUERY_INVALID", "limit must be a whole number from 1 to 100"))
}

/// The caller's name in the audit trail and in what is made: the user's id, or `operator`.
pub fn actor(caller: &Caller) -> &str {
    caller.user.as_deref().unwrap_or("operator")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn if_match_takes_our_etags_and_a_star() {
        assert_eq!(Match::from_headers(&headers("if-match", "\"7\"")).unwrap(), Some(Match::Version(7)));
        assert_eq!(Match::required(&headers("if-match", "*")).unwrap(), Match::Any);
        assert_eq!(Match::from_headers(&headers("if-match", "W/\"7\"")).unwrap_err().status(), 412);
        assert_eq!(Match::required(&HeaderMap::new()).unwrap_err().status(), 428);
        assert_eq!(Match::Version(7).check(8).unwrap_err().status(), 412);
    }

    #[test]
    fn pages_have_bounds() {
        assert_eq!(Page::from_query(None).unwrap(), Page { limit: 50, after: None });
        for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x"] {
            assert_eq!(Page::from_query(Some(wrong)).unwrap_err().status(), 400, "{wrong}");
        }
    }

    #[test]
    fn json_says_what_is_wrong_with_it() {
        let type_json = headers("content-type", "application/json; charset=utf-8");
        assert_eq!(json::<u8>(&type_json, b"7").unwrap(), 7);
        assert!(json::<u8>(&type_json, b"x").unwrap_err().message().contains("line 1"));
        assert_eq!(json::<u8>(&headers("content-type", "text/plain"), b"7").unwrap_err().status(), 415);
    }
}
