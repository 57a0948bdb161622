//! Writing responses.

use aw_ingress::Caller;
use aw_platform::{
    Body, Envelope, Platform, Response,
    http::{HeaderValue, StatusCode, header},
};
use serde::Serialize;

/// `data` in the API's envelope, never cached.
pub fn data<P: Platform>(p: &P, caller: &Caller, status: u16, data: impl Serialize) -> Response<P> {
    private(Envelope::new(data, &caller.request_id, p.now()).into_response(status))
}

/// A page of a list in the API's envelope. `next` is the cursor of the page after it.
pub fn page<P: Platform>(
    p: &P,
    caller: &Caller,
    items: impl Serialize,
    next: Option<String>,
    limit: u32,
) -> Response<P> {
    private(Envelope::new(items, &caller.request_id, p.now()).pagination(next, limit).into_response(200))
}

/// [`data`] of a row of that version.
pub fn versioned<P: Platform>(
    p: &P,
    caller: &Caller,
    status: u16,
    content: impl Serialize,
    version: i64,
) -> Response<P> {
    let mut response = data(p, caller, status, content);
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// 204.
pub fn nothing<P: Platform>() -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    private(response)
}

fn private<B>(mut response: aw_platform::http::Response<B>) -> aw_platform::http::Response<B> {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
