//! Responses that several services make.

use aw_platform::{ApiError, Body, Envelope, Platform, Response};
use http::{HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;

use crate::{
    Call,
    conditional::{Condition, evaluate},
};

/// For what everybody may see: fresh for a minute, then shown while it is fetched anew, and for a day while it cannot be.
pub const PUBLIC: &str = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400";
/// For what is one reader's: kept, but asked about each time.
pub const PRIVATE: &str = "private, no-cache";
/// For what is of the moment.
pub const NO_STORE: &str = "no-store";
/// For what its own address names.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

const HTML: &str = "text/html; charset=utf-8";

/// A page.
pub fn page<P: Platform>(status: StatusCode, html: String) -> Response<P> {
    let mut response = Response::<P>::new(Body::from(html));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, HTML);
    set(&mut response, header::CACHE_CONTROL, NO_STORE);
    response
}

/// A page for everybody, with a strong entity tag; 304 to who has it.
///
/// # Errors
/// 412.
pub fn public_page<P: Platform>(head: &Parts, html: String, tags: &[String]) -> Result<Response<P>, ApiError> {
    let etag = format!("\"{}\"", aw_trust::digest::sha256_hex(html.as_bytes()));
    let mut response = match evaluate(&head.headers, &etag)? {
        Condition::Proceed => page::<P>(StatusCode::OK, html),
        Condition::NotModified => not_modified::<P>(),
    };
    tag(&mut response, &etag, tags);
    Ok(response)
}

/// `data` in the envelope for everybody, with a weak entity tag (the envelope has the request's id); 304 to who has it.
///
/// # Errors
/// 412; 500 for what cannot be JSON.
pub fn public_json<P: Platform, T: Serialize>(
    call: &Call<P>,
    head: &Parts,
    data: &T,
    tags: &[String],
) -> Result<Response<P>, ApiError> {
    let json = serde_json::to_vec(data).map_err(|_| aw_platform::Error::internal("data is not JSON"))?;
    public_raw_json(call, head, &json, |envelope| envelope, tags)
}

/// [`public_json`] of data that is JSON already.
///
/// # Errors
/// 412.
pub fn public_raw_json<P: Platform>(
    call: &Call<P>,
    head: &Parts,
    json: &[u8],
    finish: impl FnOnce(Envelope<()>) -> Envelope<()>,
    tags: &[String],
) -> Result<Response<P>, ApiError> {
    let etag = format!("W/\"{}\"", aw_trust::digest::sha256_hex(json));
    let mut response = match evaluate(&head.headers, &etag)? {
        Condition::NotModified => not_modified::<P>(),
        Condition::Proceed => {
            let (before, after) = finish(Envelope::new((), &call.id, call.platform.now())).around()?;
            let mut response = Response::<P>::new(Body::from([before, json, &after].concat()));
            set(&mut response, header::CONTENT_TYPE, "application/json");
            response
        }
    };
    tag(&mut response, &etag, tags);
    Ok(response)
}

/// 303 to a path of this site.
pub fn see_other<P: Platform>(path: &str) -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(&mut response, header::LOCATION, path);
    set(&mut response, header::CACHE_CONTROL, NO_STORE);
    response
}

/// 304 without its headers.
pub fn not_modified<P: Platform>() -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// A text of that media type for everybody, with a strong entity tag; 304 to who has it.
///
/// # Errors
/// 412.
pub fn public_text<P: Platform>(
    head: &Parts,
    text: String,
    media_type: &str,
    tags: &[String],
) -> Result<Response<P>, ApiError> {
    let mut response = public_page::<P>(head, text, tags)?;
    if response.status() == StatusCode::OK {
        set(&mut response, header::CONTENT_TYPE, media_type);
    }
    Ok(response)
}

fn tag<B>(response: &mut http::Response<B>, etag: &str, tags: &[String]) {
    set(response, header::ETAG, etag);
    set(response, header::CACHE_CONTROL, PUBLIC);
    cache_tags(response, tags);
}

/// The names that a CDN's cache purges by: `Cache-Tag` for Cloudflare, `Surrogate-Key` for Fastly.
pub fn cache_tags<B>(response: &mut http::Response<B>, tags: &[String]) {
    set(response, header::HeaderName::from_static("cache-tag"), &tags.join(","));
    set(response, header::HeaderName::from_static("surrogate-key"), &tags.join(" "));
}

/// Sets a header; a value that no header can have is left out.
pub fn set<B>(response: &mut http::Response<B>, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
