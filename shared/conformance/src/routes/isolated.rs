//! One request's state, looked at after others had every chance to run in between.

use std::{cell::RefCell, time::Duration};

use aw_platform::{ApiError, Body, FetchOptions, Platform, Request, Response, http};

use crate::{deployment::ORIGIN, query};

/// `query|header|body|echo`: four things that belong to this request, by four ways.
pub(super) async fn answer<P: Platform>(p: &P, query: &str, request: Request<P>) -> Result<Response<P>, ApiError> {
    let seen = RefCell::new(vec![query::text(query, "id").unwrap_or_default().to_owned()]);
    p.sleep(Duration::from_millis(5)).await;
    let header = request.headers().get("x-id").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    seen.borrow_mut().push(header);
    let body = request.into_body().bytes(1_000).await?;
    seen.borrow_mut().push(String::from_utf8_lossy(&body).into_owned());
    let echo = http::Request::post("/echo")
        .body(Body::from(body))
        .map_err(|_| ApiError::new(500, "FIXTURE_REQUEST", "the fixture's own request is not one"))?;
    let echoed = p.fetch(ORIGIN, echo, FetchOptions::default()).await?.into_body().bytes(1_000).await?;
    p.sleep(Duration::from_millis(5)).await;
    seen.borrow_mut().push(String::from_utf8_lossy(&echoed).into_owned());
    Ok(http::Response::new(Body::from(seen.into_inner().join("|"))))
}
