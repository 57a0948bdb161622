//! The API's description, as `authorworks gen` wrote it and the build deflated it.

use std::io::Read;

use aw_platform::{
    Body, Error, Platform, Response, Result,
    http::{HeaderValue, header},
};
use flate2::read::DeflateDecoder;

const JSON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));
const PAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/api.html"));

/// `GET /v1/openapi.json`: OpenAPI 3.1.
///
/// # Errors
/// None that a caller can cause.
pub(crate) fn json<P: Platform>() -> Result<Response<P>> {
    file::<P>(JSON, "application/json")
}

/// `GET /v1/docs`: the same, to be read.
///
/// # Errors
/// None that a caller can cause.
pub(crate) fn page<P: Platform>() -> Result<Response<P>> {
    file::<P>(PAGE, "text/html; charset=utf-8")
}

fn file<P: Platform>(deflated: &'static [u8], media_type: &'static str) -> Result<Response<P>> {
    let mut text = Vec::new();
    DeflateDecoder::new(deflated)
        .read_to_end(&mut text)
        .map_err(|e| Error::internal(format!("the description: {e}")))?;
    let length = text.len();
    let mut response = Response::<P>::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_served_is_what_was_written() {
        for (deflated, file) in [(super::JSON, "openapi.json"), (super::PAGE, "api.html")] {
            let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
            let response = super::file::<aw_memory::Memory>(deflated, "text/plain").unwrap();
            let aw_platform::Body::Bytes(text) = response.into_body() else { panic!("a body in one piece") };
            assert!(text[..] == std::fs::read(format!("{docs}/{file}")).unwrap(), "{file}");
        }
    }
}
