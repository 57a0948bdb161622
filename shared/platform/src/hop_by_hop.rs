//! Header fields that end with a connection.

use http::{HeaderMap, HeaderName, header};

/// Besides what `Connection` names: RFC 9110, section 7.6.1, and what RFC 2616, section 13.5.1, had for proxies.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Removes the fields that belong to one connection and not to the message, those that `Connection` names among them.
///
/// ```
/// use aw_platform::{http::HeaderMap, strip_hop_by_hop};
///
/// let fields = [("connection", "x-own, close"), ("x-own", "1"), ("te", "trailers"), ("etag", "\"a\"")];
/// let field = |(name, value): (&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
/// let mut headers: HeaderMap = fields.into_iter().map(field).collect();
/// strip_hop_by_hop(&mut headers);
/// assert_eq!(headers.keys().collect::<Vec<_>>(), ["etag"]);
/// ```
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    // Mostly there is none, and to compare the few names that there are costs less than to look for each of these.
    if !headers.keys().any(|name| HOP_BY_HOP.contains(&name.as_str())) {
        return;
    }
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> =
        values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
