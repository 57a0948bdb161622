//! `PUT /_aw/values?key=K`: the origin delivers what was published.

use aw_edge_core::{Call, authority, reply, values, values::Kept};
use aw_pages::form;
use aw_platform::{ApiError, Body, Bytes, Collected, Envelope, Error, Platform, Response, limits};
use aw_trust::{
    digest,
    message::{self, SignatureError},
};
use http::{StatusCode, header, request::Parts};
use serde::Serialize;

/// The key id of the origin's signatures.
const ORIGIN: &str = "origin";

#[derive(Serialize)]
struct KeptVersion {
    kept: u64,
}

/// Stores a value: 204 stored or there already, 200 `{"kept":VERSION}` where a record that is as new is there.
///
/// # Errors
/// 401 for what the origin did not sign for this edge just now; 400 for a key or value that is none; 413;
/// 503 where the store cannot be reached.
pub(crate) async fn put<P: Platform>(
    call: &Call<P>,
    head: Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    let value = admit(call, &head, body, limits::KV_VALUE).await?;
    let key = form::field(head.uri.query().unwrap_or_default().as_bytes(), "key").unwrap_or_default();
    let kept = values::keep(&call.platform, &key, value).await.map_err(|error| unreachable(call, error))?;
    call.edge.forget(&key);
    match kept {
        Kept::Invalid(why) => Err(ApiError::bad_request("EDGE_VALUE_INVALID", why)),
        Kept::Already(version) if !aw_model::key::is_object(&key) => {
            Ok(Envelope::new(KeptVersion { kept: version }, &call.id, call.platform.now()).into_response(200))
        }
        Kept::Stored | Kept::Already(_) => {
            let mut response = Response::<P>::new(Body::Empty);
            *response.status_mut() = StatusCode::NO_CONTENT;
            reply::set(&mut response, header::CACHE_CONTROL, reply::NO_STORE);
            Ok(response)
        }
    }
}

/// The body of a request that the origin signed for this edge just now, at most `limit` bytes.
///
/// # Errors
/// 401 for any other; 413; 400 for a body that breaks off.
pub(crate) async fn admit<P: Platform>(
    call: &Call<P>,
    head: &Parts,
    body: Body<P::Body>,
    limit: usize,
) -> Result<Bytes, ApiError> {
    let find = |key_id: &str| (key_id == ORIGIN).then(|| call.edge.request_key.clone());
    message::verify(head, &authority(head)?, find, call.now_s())?;
    let value = match body.collect(limit).await {
        Ok(Collected::All(bytes)) => bytes,
        Ok(Collected::TooLarge) => return Err(ApiError::body_too_large(limit as u64)),
        Err(_) => return Err(ApiError::bad_request("REQUEST_BODY_BROKEN", "the body broke off")),
    };
    let signed = head.headers.get("content-digest").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if digest::matches(signed, &value) { Ok(value) } else { Err(SignatureError::Digest.into()) }
}

/// 503: the store cannot be reached.
pub(crate) fn unreachable<P: Platform>(call: &Call<P>, error: Error) -> ApiError {
    call.note(error);
    ApiError::unavailable("the store cannot be reached", 5)
}
