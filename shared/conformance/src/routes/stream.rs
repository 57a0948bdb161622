//! Bodies that are made, eaten and sent back as they come.

use std::time::Duration;

use aw_platform::{ApiError, Body, Bytes, Platform, Request, Response, http};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::facts;
use crate::{
    ask,
    fixture::json_response,
    origin::{hex, pattern},
    query,
};

const CHUNK: u64 = 65_536;

/// Sends the body back as it is: where the platform can, it is not opened.
pub(super) fn echo<P: Platform>(request: Request<P>) -> Response<P> {
    http::Response::new(request.into_body())
}

pub(super) async fn sink<P: Platform>(request: Request<P>) -> Result<Response<P>, ApiError> {
    let mut body = request.into_body();
    let (mut bytes, mut sum) = (0, Sha256::new());
    while let Some(chunk) = body.chunk().await.transpose()? {
        bytes += chunk.len() as u64;
        sum.update(&chunk);
    }
    let memory = facts::memory();
    Ok(json_response(200, &json!({ "bytes": bytes, "sha256": hex(&sum.finalize()), "memory": memory })))
}

pub(super) fn produce<P: Platform>(query: &str) -> Response<P> {
    let total = query::number(query, "bytes").unwrap_or(0);
    let chunks = stream::unfold(0, move |at| async move {
        let length = CHUNK.min(total.checked_sub(at)?);
        if length == 0 {
            let last = format!("\nmemory={}\n", facts::memory());
            // One past the end, so that the next turn is the end.
            return Some((Ok(Bytes::from(last)), total + 1));
        }
        let mut chunk = vec![0; length as usize];
        pattern(at, &mut chunk);
        Some((Ok(Bytes::from(chunk)), at + length))
    });
    http::Response::new(Body::stream(chunks))
}

pub(super) fn body<P: Platform>(query: &str) -> Response<P> {
    let mut bytes = vec![0; query::number(query, "bytes").unwrap_or(0).min(8_000_000) as usize];
    pattern(0, &mut bytes);
    http::Response::new(Body::from(bytes))
}

pub(super) fn slow<P: Platform>(p: &P, query: &str) -> Response<P> {
    let (p, target) = (p.clone(), format!("/wait?id={}", query::text(query, "id").unwrap_or("none")));
    let last = stream::once(async move {
        ask::text(&p, &target).await.map_err(|e| aw_platform::Error::internal(e.0))?;
        Ok(Bytes::from_static(b"last\n"))
    });
    let first = stream::iter([Ok(Bytes::from_static(b"first\n"))]);
    http::Response::new(Body::stream(first.chain(last)))
}

pub(super) fn panic_late<P: Platform>(p: &P) -> Response<P> {
    let p = p.clone();
    let last = stream::once(async move {
        p.sleep(Duration::from_millis(50)).await;
        panic!("conformance: a panic in the middle of a body")
    });
    let first = stream::iter([Ok(Bytes::from_static(b"first\n"))]);
    http::Response::new(Body::stream(first.chain(last)))
}
