//! AWS Signature Version 4, as S3 servers ask for it: paths are taken as they are, escaped once.
//!
//! Source: the *AWS General Reference*, "Signature Version 4 signing process", and the *Amazon S3 API Reference*,
//! "Authenticating Requests".

#[cfg(test)]
mod vectors;

use aw_platform::rfc3339;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use crate::{
    encoding::hex,
    mac::{hmac, sha256},
};

/// The longest life of a presigned URL, in seconds: seven days.
pub const LIFE: u64 = 604_800;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const CONTENT: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// Who asks, and where.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The access key id.
    pub access_key: &'a str,
    /// The secret access key.
    pub secret_key: &'a [u8],
    /// The region, such as `us-east-1`.
    pub region: &'a str,
    /// The service: `s3`.
    pub service: &'a str,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({} in {})", self.access_key, self.region)
    }
}

/// What is signed of a body.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The SHA-256 of these bytes.
    Signed(&'a [u8]),
    /// Nothing: `UNSIGNED-PAYLOAD`.
    Unsigned,
}

/// A request that cannot be signed: a signed header is not visible ASCII, or the access key cannot stand in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsignable;

impl std::fmt::Display for Unsignable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a header to be signed is not visible ASCII")
    }
}

impl std::error::Error for Unsignable {}

impl From<Unsignable> for aw_platform::Error {
    fn from(error: Unsignable) -> Self {
        Self::internal(error.to_string())
    }
}

/// Percent-escapes a name or value of a query: all but `A-Z a-z 0-9 - . _ ~`.
pub fn escape(text: &str) -> String {
    escape_but(text, b"")
}

/// Percent-escapes a path: all but `A-Z a-z 0-9 - . _ ~ /`.
pub fn escape_path(path: &str) -> String {
    escape_but(path, b"/")
}

fn escape_but(text: &str, kept: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) || kept.contains(&b) {
            out.push(char::from(b));
        } else {
            out.extend(['%', char::from(DIGITS[usize::from(b >> 4)]), char::from(DIGITS[usize::from(b & 15)])]);
        }
    }
    out
}

/// Signs a request by its headers: sets `Host`, `x-amz-date`, `x-amz-content-sha256` and `Authorization`, and covers
/// every header that is there. Path and query must be escaped already ([`escape_path`],
/// [`escape`]); the time is `now_s`, in
/// seconds since 1970.
///
/// # Errors
/// A header that is not visible ASCII.
pub fn sign(
    request: &mut Parts,
    host: &str,
    credentials: &Credentials<'_>,
    now_s: u64,
    payload: Payload<'_>,
) -> Result<(), Unsignable> {
    let value = |s: &str| HeaderValue::from_str(s).map_err(|_| Unsignable);
    let payload = match payload {
        Payload::Signed(bytes) => hex(&sha256(bytes)),
        Payload::Unsigned => UNSIGNED.to_owned(),
    };
    let at = Instant::new(now_s);
    request.headers.insert(header::HOST, value(host)?);
    request.headers.insert(DATE, value(&at.long)?);
    request.headers.insert(CONTENT, value(&payload)?);
    let authorization = authorization(request, credentials, &at, &payload)?;
    request.headers.insert(header::AUTHORIZATION, value(&authorization)?);
    Ok(())
}

/// A path and query that anyone may send to `host` with `method` within `expires_s` seconds (at most [`LIFE`]), with
/// any body. `path` must be [escaped](escape_path) already; `query` are further names and values, such as `response-content-type`.
pub fn presign(
    method: &http::Method,
    host: &str,
    path: &str,
    query: &[(&str, &str)],
    credentials: &Credentials<'_>,
    now_s: u64,
    expires_s: u64,
) -> String {
    let request = Presigned { method, host, path, query, headers: &[] };
    request.target(credentials, now_s, expires_s)
}

/// A request that somebody else will send: see [`presign`].
#[derive(Clone, Copy, Debug)]
pub struct Presigned<'a> {
    /// Its method.
    pub method: &'a http::Method,
    /// The authority that it is sent to.
    pub host: &'a str,
    /// Its path, [escaped](escape_path).
    pub path: &'a str,
    /// Names and values of its query, not escaped.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers that it must have with these very values, besides `Host`: names in lower case, each once.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Presigned<'_> {
    /// Path and query, good from `now_s` (seconds since 1970) for `expires_s` seconds, at most [`LIFE`].
    pub fn target(&self, credentials: &Credentials<'_>, now_s: u64, expires_s: u64) -> String {
        self.target_for(credentials, now_s, expires_s, UNSIGNED)
    }

    fn target_for(&self, credentials: &Credentials<'_>, now_s: u64, expires_s: u64, payload: &str) -> String {
        let Self { method, path, .. } = self;
        let at = Instant::new(now_s);
        let scope = scope(credentials, &at);
        let credential = format!("{}/{scope}", credentials.access_key);
        let expires = expires_s.clamp(1, LIFE).to_string();
        let mut headers: Vec<_> = self.headers.iter().copied().chain([("host", self.host)]).collect();
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", words(value))).collect();
        let ours = [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &at.long),
            ("X-Amz-Expires", &expires),
            ("X-Amz-SignedHeaders", &names),
        ];
        let pairs = ours.iter().chain(self.query).map(|(name, value)| (escape(name), escape(value)));
        let query = canonical_query(pairs.collect());
        let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{payload}");
        let signature = signature(credentials, &at, &scope, &canonical);
        format!("{path}?{query}&X-Amz-Signature={signature}")
    }
}

/// A header's value without needless blanks.
fn words(value: &str) -> String {
    let words: Vec<&str> = value.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A time as the algorithm writes it.
struct Instant {
    /// `20260101T000000Z`
    long: String,
}

impl Instant {
    fn new(now_s: u64) -> Self {
        // A year of five digits would be refused by the server; it cannot be written.
        let text = rfc3339(now_s.min(253_402_300_799) * 1000);
        Self { long: text.split('.').next().unwrap_or_default().replace(['-', ':'], "") + "Z" }
    }

    /// `20260101`
    fn day(&self) -> &str {
        self.long.split('T').next().unwrap_or_default()
    }
}

fn scope(credentials: &Credentials<'_>, at: &Instant) -> String {
    format!("{}/{}/{}/aws4_request", at.day(), credentials.region, credentials.service)
}

/// The value of `Authorization` for a request with all the headers that are to be covered.
fn authorization(
    request: &Parts,
    credentials: &Credentials<'_>,
    at: &Instant,
    payload: &str,
) -> Result<String, Unsignable> {
    let scope = scope(credentials, at);
    let (headers, names) = canonical_headers(&request.headers)?;
    let pairs = request.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = canonical_query(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    let (method, path) = (&request.method, request.uri.path());
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}");
    let signature = signature(credentials, at, &scope, &canonical);
    let key = credentials.access_key;
    Ok(format!("{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"))
}

/// Headers in lower case, sorted, one to a line, and their names.
fn canonical_headers(headers: &HeaderMap) -> Result<(String, String), Unsignable> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    let mut lines = String::new();
    for name in &names {
        lines.push_str(name);
        for (i, value) in headers.get_all(*name).iter().enumerate() {
            lines.push(if i == 0 { ':' } else { ',' });
            lines.push_str(&words(value.to_str().map_err(|_| Unsignable)?));
        }
        lines.push('\n');
    }
    Ok((lines, names.join(";")))
}

/// Escaped names and values, sorted.
fn canonical_query(mut pairs: Vec<(String, String)>) -> String {
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn signature(credentials: &Credentials<'_>, at: &Instant, scope: &str, canonical: &str) -> String {
    let text = format!("{ALGORITHM}\n{}\n{scope}\n{}", at.long, hex(&sha256(canonical.as_bytes())));
    let mut key = hmac(&[b"AWS4", credentials.secret_key].concat(), &[at.day().as_bytes()]);
    for part in [credentials.region, credentials.service, "aws4_request"] {
        key = hmac(&key, &[part.as_bytes()]);
    }
    hex(&hmac(&key, &[text.as_bytes()]))
}
