//! Heads: from the host to the app and back.

use aw_platform::{Error, Result, strip_hop_by_hop};
use http::{HeaderMap, Uri, header, request, response};

use crate::abi::{self, Status};

/// The head of the client's request, its URI a path and query.
///
/// # Errors
/// What of it is no HTTP, or too much.
pub(crate) fn request(from: &abi::Request) -> Result<request::Parts, Status> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = from.method()?;
    parts.uri = target(from.url()?)?;
    parts.headers = from.headers()?;
    Ok(parts)
}

/// The path and query of an absolute URL, byte for byte.
fn target(url: Vec<u8>) -> Result<Uri, Status> {
    let url = bytes::Bytes::from(url);
    let authority = url.windows(3).position(|w| w == b"://").map_or(0, |scheme| scheme + 3);
    let path = url[authority..].iter().position(|b| matches!(b, b'/' | b'?')).map(|path| authority + path);
    match path {
        Some(path) if url[path] == b'/' => Uri::from_maybe_shared(url.slice(path..)),
        Some(query) => Uri::from_maybe_shared(bytes::Bytes::from([b"/", &url[query..]].concat())),
        None => return Ok(Uri::from_static("/")),
    }
    .map_err(|_| Status::HTTPINVALID)
}

/// The head of a backend's response.
///
/// # Errors
/// It is no HTTP, or too much.
pub(crate) fn response(from: &abi::Response) -> Result<response::Parts> {
    let broken = |status: Status| Error::upstream(format!("its response has no regular head: {status:?}"));
    let (mut parts, ()) = http::Response::new(()).into_parts();
    parts.status = from.status().map_err(broken)?;
    parts.headers = from.headers().map_err(broken)?;
    strip_hop_by_hop(&mut parts.headers);
    Ok(parts)
}

/// The length that the head names, where it names one.
pub(crate) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
