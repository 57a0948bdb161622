//! The way to the origin: signed, and not taken while it leads nowhere.

use std::time::Duration;

use aw_model::names;
use aw_platform::{Backend, Body, Error, FetchOptions, Platform, REQUEST_ID, Request, Response, Result};
use aw_trust::message;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};

use crate::Call;

const ORIGIN: Backend = Backend(names::ORIGIN);

/// Signs a request and sends it. Its URI is a path and query; its `Host` becomes the origin's authority.
///
/// # Errors
/// [`Error::Upstream`] where the origin cannot be reached, or has failed so often that it is not asked;
/// [`Error::Timeout`] where its answer does not begin within `first_byte`.
pub async fn send<P: Platform>(
    call: &Call<P>,
    mut head: Parts,
    body: Bytes,
    first_byte: Duration,
) -> Result<Response<P>> {
    let edge = &*call.edge;
    let Some(permit) = edge.breaker.admit(call.platform.now()) else {
        return Err(Error::upstream("the origin has failed too often to be asked now"));
    };
    let host = HeaderValue::from_str(&edge.origin).map_err(|_| Error::internal("origin-authority is no host"))?;
    head.headers.insert(header::HOST, host);
    let request_id = HeaderValue::from_str(&call.id).map_err(|_| Error::internal("the request's id"))?;
    head.headers.insert(REQUEST_ID, request_id);
    message::sign_now(&call.platform, &mut head, &edge.origin, (&edge.name, &edge.request_key), &body)
        .map_err(|error| Error::internal(format!("signing: {error}")))?;
    let request = Request::<P>::from_parts(head, Body::from(body));
    let answer = call.platform.fetch(ORIGIN, request, FetchOptions { first_byte }).await;
    let down = match &answer {
        Ok(response) => matches!(
            response.status(),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(_) => true,
    };
    if down {
        permit.failed(call.platform.now())
    } else {
        permit.succeeded()
    }
    answer
}

/// [`send`] of a request of the edge's own, without a body.
///
/// # Errors
/// As [`send`].
pub async fn request<P: Platform>(
    call: &Call<P>,
    method: Method,
    path: &str,
    first_byte: Duration,
) -> Result<Response<P>> {
    let request = http::Request::builder().method(method).uri(path).body(());
    let (head, ()) = request.map_err(|_| Error::internal("a path to the origin"))?.into_parts();
    send(call, head, Bytes::new(), first_byte).await
}
