//! Heads of requests and responses, to and from WASI.

use aw_platform::{Error, Result};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use wasi::http::types::{Fields, IncomingRequest, Method as WasiMethod};

use crate::client::Facts;

/// What Spin adds to a request. Nothing else may come under these names, and the app sees none of them.
const SPIN: &str = "spin-";
const CLIENT: &str = "spin-client-addr";

/// Fields that WASI does not let a guest set: they belong to the connection (RFC 9110, section 7.6.1), or to the host.
const HOSTS_OWN: [&str; 9] = [
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// The head of a request, and what Spin says of its client.
pub(crate) fn request(request: &IncomingRequest) -> Result<(http::request::Parts, Facts)> {
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = method(request.method())?;
    if let Some(target) = request.path_with_query() {
        parts.uri = Uri::try_from(target).map_err(|_| Error::internal("Spin gave a target that is none"))?;
    }
    let entries = request.headers().entries();
    parts.headers.reserve(entries.len() + 1);
    // The host keeps Host to itself and tells it as the authority.
    if let Some(host) = request.authority().and_then(|host| HeaderValue::try_from(host).ok()) {
        parts.headers.insert(header::HOST, host);
    }
    let mut client = None;
    for (name, value) in entries {
        if name.starts_with(SPIN) {
            // Spin appends its own after those that the client sent: the last is Spin's.
            if name == CLIENT {
                client = Some(value);
            }
            continue;
        }
        append(&mut parts.headers, &name, value);
    }
    Ok((parts, Facts::new(client)))
}

fn method(method: WasiMethod) -> Result<Method> {
    Ok(match method {
        WasiMethod::Get => Method::GET,
        WasiMethod::Head => Method::HEAD,
        WasiMethod::Post => Method::POST,
        WasiMethod::Put => Method::PUT,
        WasiMethod::Delete => Method::DELETE,
        WasiMethod::Connect => Method::CONNECT,
        WasiMethod::Options => Method::OPTIONS,
        WasiMethod::Trace => Method::TRACE,
        WasiMethod::Patch => Method::PATCH,
        WasiMethod::Other(name) => {
            Method::from_bytes(name.as_bytes()).map_err(|_| Error::internal("Spin gave a method that is none"))?
        }
    })
}

/// A method as WASI has it.
pub(crate) fn to_method(method: &Method) -> WasiMethod {
    match method.as_str() {
        "GET" => WasiMethod::Get,
        "HEAD" => WasiMethod::Head,
        "POST" => WasiMethod::Post,
        "PUT" => WasiMethod::Put,
        "DELETE" => WasiMethod::Delete,
        "CONNECT" => WasiMethod::Connect,
        "OPTIONS" => WasiMethod::Options,
        "TRACE" => WasiMethod::Trace,
        "PATCH" => WasiMethod::Patch,
        other => WasiMethod::Other(other.to_owned()),
    }
}

/// The fields of a response that arrived.
pub(crate) fn headers(fields: &Fields) -> HeaderMap {
    let entries = fields.entries();
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, value) in entries {
        append(&mut headers, &name, value);
    }
    headers
}

fn append(headers: &mut HeaderMap, name: &str, value: Vec<u8>) {
    // The host has checked both: what came is a field.
    if let (Ok(name), Ok(value)) =
        (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_maybe_shared(bytes::Bytes::from(value)))
    {
        headers.append(name, value);
    }
}

/// The fields of what leaves, without those that are the host's own.
///
/// # Errors
/// They are more than the host takes.
pub(crate) fn fields(headers: &HeaderMap) -> Result<Fields> {
    let ours = headers.iter().filter(|(name, _)| !HOSTS_OWN.contains(&name.as_str()));
    let list: Vec<_> = ours.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Fields::from_list(&list).map_err(|_| Error::Limit("the size of all header fields"))
}

/// The value of `Content-Length`, where it is one number.
pub(crate) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
