//! Writing pages. What tells browsers to be careful is added by the edge.

use aw_platform::{
    Body, Platform, Response,
    http::{HeaderValue, StatusCode, header},
};

/// A page, never cached.
pub fn page<P: Platform>(status: StatusCode, html: String) -> Response<P> {
    let mut response = Response::<P>::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 303 to a path of the site.
pub fn see_other<P: Platform>(path: &str) -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    if let Ok(path) = HeaderValue::from_str(path) {
        headers.insert(header::LOCATION, path);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
