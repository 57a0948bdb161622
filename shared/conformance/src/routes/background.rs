//! What happens after the response, and where it is seen.

use std::time::Duration;

use aw_platform::{ApiError, Body, Bytes, Kv, Platform, Response, http};
use serde_json::json;

use crate::{deployment::STORE, query};

pub(super) fn later<P: Platform>(p: &P, query: &str) -> Result<Response<P>, ApiError> {
    let key = query::text(query, "key").ok_or_else(|| ApiError::bad_request("FIXTURE_KEY", "which key?"))?.to_owned();
    let (work, kv) = (p.clone(), p.kv(STORE)?);
    p.wait_until(async move {
        work.sleep(Duration::from_millis(300)).await;
        if let Err(error) = kv.put(&key, Bytes::from_static(b"done"), None).await {
            work.emit(json!({ "later": key, "error": error.to_string() }).to_string().as_bytes());
        }
    });
    Ok(http::Response::new(Body::from("soon")))
}

pub(super) async fn read<P: Platform>(p: &P, key: &str) -> Result<Response<P>, ApiError> {
    match p.kv(STORE)?.open(key).await? {
        Some(body) => Ok(http::Response::new(body)),
        None => Err(ApiError::not_found("no value under that key")),
    }
}

pub(super) fn emit<P: Platform>(p: &P, query: &str) -> Response<P> {
    let marker = query::text(query, "marker").unwrap_or_default();
    p.emit(json!({ "fixture": "emit", "marker": marker, "text": "gr\u{fc}n" }).to_string().as_bytes());
    http::Response::new(Body::from("emitted"))
}
