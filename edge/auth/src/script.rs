//! The script of the few pages that have one: it works passkeys, which no form can.

use aw_edge_core::reply;
use aw_pages::{SCRIPT, SCRIPT_PATH, SCRIPT_POLICY};
use aw_platform::{Body, Platform, Response};
use http::{HeaderValue, header};

/// Lets a page run the script.
pub(crate) fn allow<B>(response: &mut http::Response<B>) {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPT_POLICY));
}

/// `GET /account-HASH.js`.
pub fn script<P: Platform>(path: &str) -> Response<P> {
    let mut response = Response::<P>::new(Body::from(SCRIPT));
    reply::set(&mut response, header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    let caching = if path == SCRIPT_PATH { reply::IMMUTABLE } else { reply::PUBLIC };
    reply::set(&mut response, header::CACHE_CONTROL, caching);
    response
}
