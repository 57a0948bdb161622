//! Headers of every answer.

use aw_edge_core::{Call, identity};
use aw_platform::{Platform, REQUEST_ID, Response};
use http::{HeaderName, HeaderValue, header};

/// No script at all, no frame around it, forms to ourselves only. Chapters link their pictures here.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sets `X-Request-ID`, and what tells browsers to be careful. What a service set itself stays.
pub(crate) fn finish<P: Platform>(call: &Call<P>, response: &mut Response<P>) {
    identity::strip(response.headers_mut());
    let html =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&call.id) {
        headers.insert(REQUEST_ID, id);
    }
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "same-origin");
    if html {
        default(header::CONTENT_SECURITY_POLICY, CSP);
        default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        default(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    }
    if call.platform.client().tls.is_some() {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
