//! Answering the client.

use aw_platform::{Body, BodyStream, Response, strip_hop_by_hop};
use http::{StatusCode, header};

use crate::{
    Fastly,
    abi::{self, NewResponse, Outgoing, Status},
};

/// Sends `response` to a client that asked with HEAD, or not. What is left to do is to write the stream that comes
/// back.
///
/// # Errors
/// The host does not take it.
pub(crate) fn send(head: bool, response: Response<Fastly>) -> Result<Option<(BodyStream, Outgoing)>, Status> {
    let (mut parts, body) = response.into_parts();
    strip_hop_by_hop(&mut parts.headers);
    let bare = head || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let body = if bare {
        // The length is that of the body which a GET would get (RFC 9110, section 8.6).
        match body.size_hint() {
            _ if parts.status == StatusCode::NO_CONTENT => drop(parts.headers.remove(header::CONTENT_LENGTH)),
            Some(0) | None => {}
            Some(size) => drop(parts.headers.insert(header::CONTENT_LENGTH, size.into())),
        }
        Body::Empty
    } else {
        // The host writes the length from the body; a body that was replaced must not keep the old one's.
        parts.headers.remove(header::CONTENT_LENGTH);
        body
    };
    let new = NewResponse::new(parts.status)?;
    for (name, value) in &parts.headers {
        new.append(name, value)?;
    }
    if parts.headers.contains_key(header::CONTENT_LENGTH) {
        new.keep_length()?;
    }
    let body = match body {
        Body::Empty => abi::Body::empty()?,
        Body::Bytes(bytes) => abi::Body::of_bytes(&bytes)?,
        Body::Native(body) => body.release(),
        Body::Stream(stream) => return Ok(Some((stream, new.send_streaming(abi::Body::empty()?)?))),
    };
    new.send(body)?;
    Ok(None)
}
