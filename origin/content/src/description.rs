//! The API's description, as `authorworks gen` wrote it.

use aw_platform::{
    Body, Platform, Response,
    http::{HeaderValue, header},
};

const JSON: &str = include_str!("../../../docs/openapi.json");
const PAGE: &str = include_str!("../../../docs/api.html");

/// `GET /v1/openapi.json`: OpenAPI 3.1.
pub(crate) fn json<P: Platform>() -> Response<P> {
    file::<P>(JSON, "application/json")
}

/// `GET /v1/docs`: the same, to be read.
pub(crate) fn page<P: Platform>() -> Response<P> {
    file::<P>(PAGE, "text/html; charset=utf-8")
}

fn file<P: Platform>(text: &'static str, media_type: &'static str) -> Response<P> {
    let mut response = Response::<P>::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, text.len().into());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
