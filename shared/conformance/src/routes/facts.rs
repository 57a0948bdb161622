//! What the guest sees of a request, and what it can say in a response.

use aw_platform::{ApiError, Body, Collected, Platform, Request, Response, http, limits as portable};

use crate::{
    fixture::json_response,
    origin::{COOKIES, opaque as opaque_bytes, reflected},
};

/// The largest body that `/limits` takes.
const MAX_BODY: usize = 1_000_000;

/// The guest's linear memory in bytes; 0 outside WebAssembly, where the process's size is what counts.
pub(super) fn memory() -> u64 {
    #[cfg(target_arch = "wasm32")]
    let size = core::arch::wasm32::memory_size::<0>() as u64 * 65_536;
    #[cfg(not(target_arch = "wasm32"))]
    let size = 0;
    size
}

pub(super) fn memory_size<N>() -> http::Response<Body<N>> {
    http::Response::new(Body::from(memory().to_string()))
}

pub(super) fn cookies<N>() -> http::Response<Body<N>> {
    let mut response = http::Response::new(Body::from("two cookies"));
    for cookie in COOKIES {
        response.headers_mut().append("set-cookie", http::HeaderValue::from_static(cookie));
    }
    response
}

pub(super) fn opaque<N>() -> Result<http::Response<Body<N>>, ApiError> {
    let mut response = http::Response::new(Body::from("opaque"));
    let value = http::HeaderValue::from_bytes(&opaque_bytes())
        .map_err(|_| ApiError::new(500, "FIXTURE_HEADER", "the fixture's own header is not one"))?;
    response.headers_mut().insert("x-opaque", value);
    Ok(response)
}

pub(super) async fn headers<P: Platform>(request: Request<P>) -> Result<Response<P>, ApiError> {
    let (head, mut body) = request.into_parts();
    let mut length = 0;
    while let Some(chunk) = body.chunk().await.transpose()? {
        length += chunk.len() as u64;
    }
    let target = head.uri.path_and_query().map_or("/", |t| t.as_str());
    let fields = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Ok(http::Response::new(Body::from(reflected(head.method.as_str(), target, fields, length))))
}

pub(super) fn status<N>(status: &str) -> Result<http::Response<Body<N>>, ApiError> {
    let status = status.parse().map_err(|_| ApiError::bad_request("FIXTURE_STATUS", "that is no status"))?;
    // RFC 9110, section 6.4.1: these have no content.
    let empty = matches!(status, http::StatusCode::NO_CONTENT | http::StatusCode::NOT_MODIFIED);
    let mut response = http::Response::new(if empty { Body::Empty } else { Body::from("body") });
    *response.status_mut() = status;
    Ok(response)
}

pub(super) fn ip<P: Platform>(p: &P) -> Response<P> {
    let ip = p.client().ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
    http::Response::new(Body::from(ip))
}

pub(super) async fn limits<P: Platform>(request: Request<P>) -> Result<Response<P>, ApiError> {
    portable::check(&request, MAX_BODY as u64)?;
    match request.into_body().collect(MAX_BODY).await? {
        Collected::All(bytes) => Ok(json_response(200, &serde_json::json!({ "bytes": bytes.len() }))),
        Collected::TooLarge => Err(ApiError::body_too_large(MAX_BODY as u64)),
    }
}
