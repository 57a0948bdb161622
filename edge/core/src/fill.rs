//! A KV miss, filled from the origin: one request for all who wait.

use std::time::Duration;

use aw_model::{key, record};
use aw_platform::{ApiError, Cache, CachePolicy, Error, Platform, Result as PortResult, limits};
use bytes::{BufMut, Bytes, BytesMut};
use http::{Method, StatusCode};
use serde::Serialize;

use crate::{Call, origin, values};

/// How long the cache holds what is on its way into KV.
const RECORD: Duration = Duration::from_secs(10);
const OBJECT: Duration = Duration::from_secs(3600);
/// How long it holds that there is nothing.
const NOTHING: Duration = Duration::from_secs(5);
/// How long the origin has.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a reader is told to wait, in seconds.
const RETRY: u32 = 5;

/// In the cache a value has a byte before it, since the cache knows no absence.
const FOUND: u8 = 1;
const MISSING: u8 = 0;

/// The value under `key`, from the origin; `None` where it has none.
pub(crate) async fn fill<P: Platform>(call: &Call<P>, key: &str) -> Result<Option<Bytes>, ApiError> {
    if !key::is_valid(key) {
        return Ok(None);
    }
    let filled = call.platform.cache().get_or_fill(key, || async { ask(call, key).await }).await;
    match filled {
        Ok(tagged) if tagged.first() == Some(&FOUND) => Ok(Some(tagged.slice(1..))),
        Ok(_) => Ok(None),
        Err(error) => {
            call.note(error);
            Err(ApiError::new(503, "EDGE_ORIGIN_UNAVAILABLE", "this has not reached this place yet; try again soon")
                .retry_after(RETRY))
        }
    }
}

async fn ask<P: Platform>(call: &Call<P>, key: &str) -> PortResult<(Bytes, CachePolicy)> {
    // A valid key has nothing to escape in a query.
    let path = format!("/_aw/values?key={key}");
    let response = origin::request(call, Method::GET, &path, PATIENCE).await?;
    let policy = |ttl| CachePolicy { ttl, tags: Vec::new() };
    match response.status() {
        StatusCode::NOT_FOUND => Ok((Bytes::from_static(&[MISSING]), policy(NOTHING))),
        StatusCode::OK => {
            let value = response.into_body().bytes(limits::KV_VALUE).await?;
            if let Some(why) = values::invalid(key, &value) {
                return Err(Error::upstream(format!("the origin's value for {key}: {why}")));
            }
            let mut tagged = BytesMut::with_capacity(value.len() + 1);
            tagged.put_u8(FOUND);
            tagged.extend_from_slice(&value);
            let tagged = tagged.freeze();
            keep_later(call, key, tagged.slice(1..));
            Ok((tagged, policy(if key::is_object(key) { OBJECT } else { RECORD })))
        }
        status => Err(Error::upstream(format!("the origin answered {status} for {key}"))),
    }
}

#[derive(Serialize)]
struct KeepFailed<'a> {
    level: &'a str,
    event: &'a str,
    key: &'a str,
    detail: &'a str,
}

/// Puts the value into KV after the response. That it fails costs the next reader a fill.
fn keep_later<P: Platform>(call: &Call<P>, key: &str, value: Bytes) {
    debug_assert!(key::is_object(key) || record::split(&value).is_some());
    let (platform, key) = (call.platform.clone(), key.to_owned());
    call.platform.wait_until(async move {
        if let Err(error) = values::keep(&platform, &key, value).await {
            let record = KeepFailed { level: "warn", event: "keep-failed", key: &key, detail: &error.to_string() };
            platform.emit(&serde_json::to_vec(&record).unwrap_or_default());
        }
    });
}
