//! Routes as slice patterns: no table, nothing to initialise.

use std::borrow::Cow;

use crate::ApiError;

const MOST: usize = 12;

/// A request's path, decoded and split.
///
/// ```
/// use aw_platform::{ApiError, Path};
/// fn route(path: &str) -> Result<String, ApiError> {
///     let path = Path::parse(path)?;
///     match path.segments().as_slice() {
///         ["v1", "books"] => Ok("all".into()),
///         ["v1", "books", id, "chapters", n] => Ok(format!("{} {}", id, Path::arg::<u32>(n, "chapter")?)),
///         _ => Err(ApiError::not_found("no such page")),
///     }
/// }
/// assert_eq!(route("/v1/books/moby%20dick/chapters/7").unwrap(), "moby dick 7");
/// assert_eq!(route("/v1/books/x/chapters/seven").unwrap_err().status(), 400);
/// assert_eq!(route("/v1/../etc/passwd").unwrap_err().status(), 400);
/// ```
#[derive(Debug)]
pub struct Path<'a>(Cow<'a, str>);

/// The segments of a path, on the stack.
#[derive(Debug)]
pub struct Segments<'a> {
    buf: [&'a str; MOST],
    len: usize,
}

impl<'a> Segments<'a> {
    /// For a slice pattern.
    pub fn as_slice(&self) -> &[&'a str] {
        &self.buf[..self.len]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether this is `/`.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

fn bad(why: &'static str) -> ApiError {
    ApiError::bad_request("REQUEST_PATH_INVALID", why)
}

impl<'a> Path<'a> {
    /// Decodes percent-escapes once (RFC 3986, section 2.1) and refuses what could mean two things: dot segments,
    /// empty ones in the middle, escaped slashes, control characters, bytes that are not UTF-8, and more than 12
    /// segments. A slash at the end is ignored.
    ///
    /// # Errors
    /// 400 `REQUEST_PATH_INVALID`.
    pub fn parse(path: &'a str) -> Result<Self, ApiError> {
        let decoded = if path.contains('%') { Cow::Owned(decode(path)?) } else { Cow::Borrowed(path) };
        let Some(rest) = decoded.strip_prefix('/') else { return Err(bad("the path does not begin with a slash")) };
        if decoded.chars().any(|c| c.is_control() || c == '\\') {
            return Err(bad("the path has a control character or a backslash"));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if !rest.is_empty() {
            if rest.split('/').any(|s| matches!(s, "" | "." | "..")) {
                return Err(bad("the path has an empty or dot segment"));
            }
            if rest.split('/').count() > MOST {
                return Err(bad("the path has too many segments"));
            }
        }
        Ok(Self(decoded))
    }

    /// The decoded segments, for a slice pattern.
    pub fn segments(&self) -> Segments<'_> {
        let mut out = Segments { buf: [""; MOST], len: 0 };
        for segment in self.0.split('/').filter(|s| !s.is_empty()).take(MOST) {
            out.buf[out.len] = segment;
            out.len += 1;
        }
        out
    }

    /// One segment as a `T`.
    ///
    /// # Errors
    /// 400 `REQUEST_PATH_INVALID`, naming the argument `what`.
    pub fn arg<T: FromSegment>(segment: &str, what: &'static str) -> Result<T, ApiError> {
        T::from_segment(segment).ok_or_else(|| {
            ApiError::bad_request("REQUEST_PATH_INVALID", format!("{what} in the path must be {}", T::EXPECTED))
        })
    }
}

fn decode(path: &str) -> Result<String, ApiError> {
    let mut out = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let mut digit = || bytes.next().and_then(|d| char::from(d).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(bad("the path has a broken escape")) };
        match (high * 16 + low) as u8 {
            b'/' => return Err(bad("the path has an escaped slash")),
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).map_err(|_| bad("the path is not UTF-8"))
}

/// A type that one path segment can be.
pub trait FromSegment: Sized {
    /// What a segment must be, for the error: "a whole number".
    const EXPECTED: &'static str;
    /// The value, where the segment is one.
    fn from_segment(segment: &str) -> Option<Self>;
}

impl FromSegment for u32 {
    const EXPECTED: &'static str = "a whole number";
    fn from_segment(s: &str) -> Option<Self> {
        s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse().ok()).flatten()
    }
}

/// In its usual form, of the several that are read.
impl FromSegment for uuid::Uuid {
    const EXPECTED: &'static str = "a UUID";
    fn from_segment(s: &str) -> Option<Self> {
        (s.len() == 36).then(|| s.parse().ok()).flatten()
    }
}
