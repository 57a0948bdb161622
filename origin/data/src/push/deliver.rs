//! One delivery.

use std::time::Duration;

use aw_model::names::header;
use aw_platform::{Error, FetchOptions, Platform, Result, http, http::HeaderValue};
use aw_trust::message;
use bytes::Bytes;

use super::{
    Pusher,
    claim::{Claimed, Value},
};
use crate::{edges::Edge, objects, records};

/// How long an edge may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The key id of what the origin signs.
pub(crate) const ORIGIN: &str = "origin";

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The edge has it, or something newer.
    Delivered,
    /// The edge answered and does not want this one, or there is nothing to give it.
    Refused(String),
    /// The edge did not answer, or says that it takes nothing now.
    Unreachable(String),
    /// So many could not be reached before that this one was not tried.
    Untried,
}

impl Outcome {
    /// Why not.
    pub(super) fn why(&self) -> Option<&str> {
        match self {
            Self::Delivered | Self::Untried => None,
            Self::Refused(why) | Self::Unreachable(why) => Some(why),
        }
    }
}

pub(super) async fn deliver<P: Platform>(
    pusher: &Pusher<'_, P>,
    edge: Edge,
    tenant: &str,
    claimed: &Claimed,
) -> Outcome {
    let body = match &claimed.value {
        Value::Record { version, json } => Ok(records::encode(*version, json.as_deref()).into()),
        Value::Part => part(pusher, tenant, &claimed.key).await,
    };
    let body = match body {
        Ok(body) => body,
        Err(why) => return Outcome::Refused(format!("{}: {why}", claimed.key)),
    };
    match put(pusher, edge, claimed, body).await {
        Ok(200 | 204) => Outcome::Delivered,
        Ok(status @ (401 | 403 | 429 | 502..=504)) => Outcome::Unreachable(format!("it answers {status}")),
        Ok(status) => Outcome::Refused(format!("{}: it answers {status}", claimed.key)),
        Err(error) => Outcome::Unreachable(error.to_string()),
    }
}

/// The bytes of the part of an object under `key`.
async fn part<P: Platform>(pusher: &Pusher<'_, P>, tenant: &str, key: &str) -> Result<Bytes> {
    let blobs = pusher.blobs.ok_or(Error::Unsupported("objects without an object store"))?;
    let (sha256, number) = objects::parse_key(key).ok_or_else(|| Error::internal("the key is no object's"))?;
    objects::read_part(pusher.platform, blobs, tenant, sha256, number).await
}

async fn put<P: Platform>(pusher: &Pusher<'_, P>, edge: Edge, claimed: &Claimed, body: Bytes) -> Result<u16> {
    // A key has no character that a query would escape.
    let target = format!("/_aw/values?key={}", claimed.key);
    let mut request = http::Request::new(());
    *request.method_mut() = http::Method::PUT;
    *request.uri_mut() = target.parse().map_err(|_| Error::internal("a key that cannot be in a query"))?;
    let headers = request.headers_mut();
    let host = HeaderValue::from_static(edge.authority);
    headers.insert(http::header::HOST, host);
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    if let Value::Record { version, .. } = claimed.value {
        headers.insert(header::VERSION, version.into());
    }
    let (mut head, ()) = request.into_parts();
    let key = (ORIGIN, pusher.secrets.request());
    message::sign_now(pusher.platform, &mut head, edge.authority, key, &body)
        .map_err(|e| Error::internal(e.to_string()))?;
    let request = http::Request::from_parts(head, body.into());
    let response = pusher.platform.fetch(edge.backend, request, FetchOptions { first_byte: PATIENCE }).await?;
    let status = response.status().as_u16();
    // A connection is used again only where its answer has been read.
    let _ = response.into_body().collect(4096).await;
    Ok(status)
}
