//! From the app's response to the host's.

use aw_platform::{Body, Response};
use http::{HeaderValue, StatusCode, header};
use wasi::http::types::{ErrorCode, OutgoingResponse, ResponseOutparam};

use crate::{
    Spin, SpinBody, head,
    write::{Cut, Writer},
};

/// Where a response goes.
pub(crate) struct Outlet {
    pub(crate) out: ResponseOutparam,
    /// Whether the request was a HEAD: its answer has no body.
    pub(crate) headless: bool,
}

/// What is left to send of a response that has begun.
pub(crate) struct Rest {
    writer: Writer,
    body: Body<SpinBody>,
}

impl Rest {
    /// Sends it.
    pub(crate) async fn pour(self) -> Result<(), Cut> {
        self.writer.pour(self.body).await
    }
}

/// Sends a response's head, and its body too where that is in memory and fits.
pub(crate) fn begin(outlet: Outlet, mut response: Response<Spin>) -> Result<Option<Rest>, Cut> {
    frame(outlet.headless, &mut response);
    let (parts, body) = response.into_parts();
    let head = match outgoing(&parts) {
        Ok(head) => head,
        Err(code) => {
            ResponseOutparam::set(outlet.out, Err(code));
            return Err(Cut);
        }
    };
    if matches!(body, Body::Empty) {
        ResponseOutparam::set(outlet.out, Ok(head));
        return Ok(None);
    }
    let writer = Writer::new(head.body().map_err(|()| Cut)?)?;
    let Body::Bytes(mut bytes) = body else {
        ResponseOutparam::set(outlet.out, Ok(head));
        return Ok(Some(Rest { writer, body }));
    };
    // What fits is with the host before the head is, so that both leave in one piece.
    writer.at_once(&mut bytes)?;
    if bytes.is_empty() {
        writer.finish()?;
        ResponseOutparam::set(outlet.out, Ok(head));
        return Ok(None);
    }
    ResponseOutparam::set(outlet.out, Ok(head));
    Ok(Some(Rest { writer, body: Body::Bytes(bytes) }))
}

/// Makes the head agree with the body, and takes away a body that may not be there (RFC 9110, sections 6.4.1 and 8.6).
fn frame(headless: bool, response: &mut Response<Spin>) {
    let (status, size) = (response.status(), response.body().size_hint());
    let bare = headless || status == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    match size {
        _ if status == StatusCode::NO_CONTENT => drop(headers.remove(header::CONTENT_LENGTH)),
        // The length is that of the body which a GET would get.
        Some(0) if bare => {}
        Some(size) => drop(headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size))),
        None => {}
    }
    if bare || status == StatusCode::NO_CONTENT || size == Some(0) {
        *response.body_mut() = Body::Empty;
    }
}

fn outgoing(parts: &http::response::Parts) -> Result<OutgoingResponse, ErrorCode> {
    let fields = head::fields(&parts.headers).map_err(|_| ErrorCode::HttpResponseHeaderSectionSize(None))?;
    let head = OutgoingResponse::new(fields);
    head.set_status_code(parts.status.as_u16()).map_err(|()| ErrorCode::HttpProtocolError)?;
    Ok(head)
}
