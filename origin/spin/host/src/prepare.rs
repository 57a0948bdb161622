//! What Spin does to a request before a component sees it.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header, uri::Authority, uri::Scheme};

use crate::router::Route;

/// Gives the request its whole URI, and appends Spin's own fields to those of the client.
///
/// # Errors
/// There is no `Host`, or a field's value is not UTF-8. Spin answers neither with a 400: the first closes the
/// connection, the second is a 500.
pub fn whole_uri<B>(request: &mut Request<B>) -> Result<()> {
    let host = request.headers().get(header::HOST);
    let host = host.map(|host| host.to_str()?.parse::<Authority>().context("Host")).transpose()?;
    let mut parts = request.uri().clone().into_parts();
    let authority = match (host, parts.authority.take()) {
        (Some(host), Some(other)) => {
            anyhow::ensure!(host == other, "Host and the request's target are of two hosts");
            host
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => anyhow::bail!("the request has no Host"),
    };
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts)?;
    Ok(())
}

/// Appends Spin's own fields to those of the client.
///
/// # Errors
/// A value is not UTF-8: Spin answers with a 500.
pub fn fields<B>(request: &mut Request<B>, route: &Route, client: SocketAddr) -> Result<()> {
    for value in request.headers().values() {
        std::str::from_utf8(value.as_bytes()).context("a header value")?;
    }
    let uri = request.uri().clone();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let own = [
        ("spin-path-info", route.rest(uri.path()).to_owned()),
        ("spin-full-url", format!("http://{host}{target}")),
        ("spin-matched-route", route.raw.clone()),
        ("spin-base-path", "/".to_owned()),
        ("spin-raw-component-route", route.raw.clone()),
        ("spin-component-route", route.prefix().to_owned()),
        ("spin-client-addr", client.to_string()),
    ];
    let headers: &mut HeaderMap = request.headers_mut();
    for (name, value) in own {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request<()> {
        let request = Request::get("/a/b?c").header("host", "books.test").header("spin-client-addr", "203.0.113.1:1");
        request.body(()).unwrap()
    }

    #[test]
    fn spins_own_fields_come_after_forged_ones() {
        let mut request = request();
        whole_uri(&mut request).unwrap();
        assert_eq!(request.uri(), "http://books.test/a/b?c");
        let route = Route { raw: "/a/...".into(), component: "a".into() };
        fields(&mut request, &route, "127.0.0.1:4711".parse().unwrap()).unwrap();
        let addresses: Vec<_> = request.headers().get_all("spin-client-addr").iter().collect();
        assert_eq!(addresses, ["203.0.113.1:1", "127.0.0.1:4711"]);
        assert_eq!(request.headers()["spin-path-info"], "/b");
        assert_eq!(request.headers()["spin-full-url"], "http://books.test/a/b?c");
    }

    #[test]
    fn what_spin_refuses_is_refused() {
        let route = Route { raw: "/...".into(), component: "a".into() };
        let mut opaque = request();
        opaque.headers_mut().insert("x", HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(fields(&mut opaque, &route, "127.0.0.1:1".parse().unwrap()).is_err());
        let mut hostless = request();
        hostless.headers_mut().remove("host");
        assert!(whole_uri(&mut hostless).is_err());
    }
}
