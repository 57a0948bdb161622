//! Requests that go on to the origin.

use std::time::Duration;

use aw_platform::{ApiError, Body, Bytes, Cache, CachePolicy, Error, FetchOptions, Platform, Request, Response, http};
use futures_util::future::join;
use serde_json::json;

use crate::{ask, deployment::ORIGIN, fixture::json_response, query};

/// Fields that are about one connection (RFC 9110, section 7.6.1), and `Host`, which is the origin's own.
const NOT_PASSED: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
];

pub(super) async fn proxy<P: Platform>(p: &P, path: &str, request: Request<P>) -> Result<Response<P>, ApiError> {
    let (mut head, body) = request.into_parts();
    let path = if path.is_empty() { "/" } else { path };
    let target = match head.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    head.uri = target
        .parse()
        .map_err(|_| ApiError::bad_request("REQUEST_PATH_INVALID", "the rest of the path is no request target"))?;
    for name in NOT_PASSED {
        head.headers.remove(name);
    }
    let options = FetchOptions { first_byte: Duration::from_secs(60) };
    Ok(p.fetch(ORIGIN, http::Request::from_parts(head, body), options).await?)
}

pub(super) async fn two<P: Platform>(p: &P) -> Result<Response<P>, ApiError> {
    let before = p.now();
    let target = format!("/meet?group={}&count=2", ask::unique(p, "two-"));
    let start = || p.fetch(ORIGIN, get::<P>(&target), FetchOptions::default());
    let (first, second) = join(start(), start()).await;
    let met = first?.status() == 200 && second?.status() == 200;
    Ok(json_response(200, &json!({ "elapsed": p.now().saturating_sub(before), "met": met })))
}

pub(super) async fn stampede<P: Platform>(p: &P, query: &str) -> Result<Response<P>, ApiError> {
    let key = query::text(query, "key").unwrap_or("none");
    let fill = || async {
        let response = p.fetch(ORIGIN, get::<P>(&format!("/count?key={key}")), FetchOptions::default()).await?;
        if response.status() != 200 {
            return Err(Error::upstream("the origin did not count"));
        }
        let policy = CachePolicy { ttl: Duration::from_secs(60), tags: Vec::new() };
        Ok((response.into_body().bytes(100).await?, policy))
    };
    let value: Bytes = p.cache().get_or_fill(&format!("stampede/{key}"), fill).await?;
    Ok(http::Response::new(Body::from(value)))
}

fn get<P: Platform>(target: &str) -> Request<P> {
    let mut request = http::Request::new(Body::Empty);
    *request.uri_mut() = target.parse().unwrap_or_default();
    request
}
