//! The error that a caller sees, and the API's envelope around it and around data.

use std::{borrow::Cow, collections::BTreeMap};

use http::{HeaderValue, header};
use serde::Serialize;

use crate::{Body, Error, REQUEST_ID, RateLimit, rfc3339};

/// A failure in the API's terms: a status, a stable code, a sentence.
///
/// ```
/// use aw_platform::ApiError;
/// let e = ApiError::new(409, "CONTENT_BOOK_SLUG_TAKEN", "another book has this slug");
/// assert_eq!(e.body("r-1"), r#"{"error":{"code":"CONTENT_BOOK_SLUG_TAKEN","message":"another book has this slug","requestId":"r-1"}}"#);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    status: u16,
    code: &'static str,
    message: Cow<'static, str>,
    /// JSON.
    details: Option<Box<str>>,
    retry_after: Option<u32>,
    /// Of the rate that is used up.
    limit: Option<u32>,
    challenge: bool,
    cause: Option<Box<str>>,
}

impl ApiError {
    /// An error with an HTTP status (400 to 599), a code `SERVICE_CATEGORY_SPECIFIC` and a sentence for people.
    pub fn new(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!((400..600).contains(&status));
        Self {
            status,
            code,
            message: message.into(),
            details: None,
            retry_after: None,
            limit: None,
            challenge: status == 401,
            cause: None,
        }
    }

    /// 400.
    pub fn bad_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, code, message)
    }

    /// 401, with a `WWW-Authenticate: Bearer` challenge (RFC 6750, section 3).
    pub fn unauthorized(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(401, code, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(404, "REQUEST_NOT_FOUND", message)
    }

    /// 405. The `Allow` header is the caller's to add.
    pub fn method_not_allowed() -> Self {
        Self::new(405, "REQUEST_METHOD_NOT_ALLOWED", "this page does not know that method")
    }

    /// 413.
    pub fn body_too_large(limit: u64) -> Self {
        Self::new(413, "REQUEST_BODY_TOO_LARGE", format!("the body is longer than {limit} bytes"))
    }

    /// 503 with `Retry-After` in seconds.
    pub fn unavailable(message: impl Into<Cow<'static, str>>, retry_after: u32) -> Self {
        Self::new(503, "SERVICE_UNAVAILABLE", message).retry_after(retry_after)
    }

    /// Adds the machine-readable part of the error. What cannot be JSON is left out.
    #[must_use]
    pub fn details(mut self, details: impl Serialize) -> Self {
        self.details = serde_json::to_string(&details).ok().map(String::into_boxed_str);
        self
    }

    /// Adds `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds `X-RateLimit-*`: of so many requests none is left, and there is one again after `Retry-After`.
    #[must_use]
    pub fn used_up(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Adds what went wrong inside, for the records.
    #[must_use]
    pub fn because(mut self, cause: Error) -> Self {
        self.cause = Some(cause.to_string().into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What went wrong inside, in the words of the port that failed. For records: no caller is shown it.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The envelope's JSON.
    pub fn body(&self, request_id: &str) -> String {
        // Assembled here: serde_json's own tree would cost every edge module tens of kilobytes.
        let text = |s: &str| serde_json::to_string(s).unwrap_or_default();
        let (code, message, id) = (text(self.code), text(&self.message), text(request_id));
        let details = self.details.as_ref().map_or_else(String::new, |json| format!(r#","details":{json}"#));
        format!(r#"{{"error":{{"code":{code},"message":{message}{details},"requestId":{id}}}}}"#)
    }

    /// The response: the envelope, never cached, the request's id in `X-Request-ID` too.
    pub fn into_response<N>(self, request_id: &str) -> http::Response<Body<N>> {
        let mut response = http::Response::new(Body::from(self.body(request_id)));
        self.decorate(&mut response);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        response
    }

    /// Sets status and the headers that go with it (`Retry-After`, `X-RateLimit-*`, `WWW-Authenticate`,
    /// `Cache-Control: no-store`) on a response that shows this error in another form, such as a page.
    pub fn decorate<B>(&self, response: &mut http::Response<B>) {
        *response.status_mut() =
            http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(limit) = self.limit {
            let reset = self.retry_after.unwrap_or_default().into();
            RateLimit { limit: limit.into(), remaining: 0, reset }.tell(headers);
        }
        if self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

impl From<Error> for ApiError {
    /// A port's failure as the caller may know it: what went wrong inside is the [`cause`](Self::cause), for the
    /// records and not for strangers.
    fn from(error: Error) -> Self {
        let cause = Some(error.to_string().into());
        let known = match error {
            Error::Timeout => {
                Self::new(504, "SERVICE_TIMEOUT", "a service behind this one took too long").retry_after(5)
            }
            Error::Upstream(_) => Self::unavailable("a service behind this one cannot be reached", 5),
            _ if error.is_transient() => Self::unavailable("the database is busy: try again", 1),
            Error::Limit(what) => Self::new(413, "REQUEST_LIMIT_EXCEEDED", format!("{what} is over the limit")),
            Error::Unsupported(what) => {
                Self::new(501, "SERVICE_UNSUPPORTED", format!("this deployment cannot: {what}"))
            }
            Error::Missing(_) | Error::Sql { .. } | Error::Internal(_) => {
                Self::new(500, "SERVICE_INTERNAL_ERROR", "something went wrong on our side; the request id finds it")
            }
        };
        Self { cause, ..known }
    }
}

/// Success in the API's terms: `{"data":…,"meta":{"requestId","timestamp"},"pagination"?,"links"?}`.
#[derive(Debug, Serialize)]
pub struct Envelope<T> {
    data: T,
    meta: Meta,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<BTreeMap<&'static str, String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    next_cursor: Option<String>,
    limit: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    request_id: String,
    timestamp: String,
}

impl<T: Serialize> Envelope<T> {
    /// `data`, answered at `now` (milliseconds since 1970) to the request of that id.
    pub fn new(data: T, request_id: &str, now: u64) -> Self {
        let meta = Meta { request_id: request_id.to_owned(), timestamp: rfc3339(now) };
        Self { data, meta, pagination: None, links: None }
    }

    /// Adds how to get the next page.
    #[must_use]
    pub fn pagination(mut self, next_cursor: Option<String>, limit: u32) -> Self {
        self.pagination = Some(Pagination { next_cursor, limit });
        self
    }

    /// Adds links, by their relation.
    #[must_use]
    pub fn links(mut self, links: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.links = Some(links.into_iter().collect());
        self
    }

    /// What stands before and after data that is JSON already; `data` of this envelope itself is left out.
    ///
    /// # Errors
    /// Links that cannot be JSON.
    pub fn around(self) -> Result<(&'static [u8], Vec<u8>), Error> {
        const BEFORE: &[u8] = b"{\"data\":";
        let Self { meta, pagination, links, .. } = self;
        let whole = serde_json::to_vec(&Envelope { data: (), meta, pagination, links });
        let mut after = whole.map_err(|_| Error::internal("response is not JSON"))?;
        after.drain(..BEFORE.len() + b"null".len());
        Ok((BEFORE, after))
    }

    /// The response with this status; a type that cannot be JSON is a 500.
    pub fn into_response<N>(self, status: u16) -> http::Response<Body<N>> {
        let id = self.meta.request_id.clone();
        let Ok(json) = serde_json::to_vec(&self) else {
            return ApiError::from(Error::internal("response is not JSON")).into_response(&id);
        };
        let mut response = http::Response::new(Body::from(json));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
