//! One attempt to tell an endpoint of one event.

use std::time::Duration;

use aw_model::names::WEBHOOKS;
use aw_origin_data::events::Event;
use aw_platform::{
    Backend, Body, Error, FetchOptions, Platform, Result,
    http::{HeaderValue, Method, Request, header},
};
use aw_trust::webhook;
use serde_json::json;

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes: what is longer costs its connection.
const ANSWER: usize = 4096;
/// The header with the signature: `t=SECONDS,v1=HEX`, over `SECONDS.BODY`.
pub(crate) const SIGNATURE: &str = "authorworks-signature";

/// How it went: the status, where the endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) status: Option<u16>,
    /// Why it does not count as told.
    pub(crate) error: Option<String>,
}

/// Tells an endpoint of an event. Its answer is 2xx, or it has not been told; a redirect is not followed.
pub(crate) async fn attempt<P: Platform>(p: &P, tenant: &str, url: &str, secret: &str, event: &Event) -> Attempt {
    match post(p, tenant, url, secret, event).await {
        Ok(status @ 200..=299) => Attempt { status: Some(status), error: None },
        Ok(status) => Attempt { status: Some(status), error: Some(format!("it answers {status}")) },
        Err(error) => Attempt { status: None, error: Some(error.to_string()) },
    }
}

async fn post<P: Platform>(p: &P, tenant: &str, url: &str, secret: &str, event: &Event) -> Result<u16> {
    let mut body = json!(event);
    body["tenant"] = tenant.into();
    let body = body.to_string();
    let signature = webhook::sign(body.as_bytes(), &[secret], p.now() / 1000);
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.parse().map_err(|_| Error::internal("an endpoint's url that is none"))?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("AuthorWorks"));
    let signature = HeaderValue::from_str(&signature).map_err(|_| Error::internal("a signature"))?;
    headers.insert(SIGNATURE, signature);
    let response = p.fetch(Backend(WEBHOOKS), request, FetchOptions { first_byte: PATIENCE }).await?;
    let status = response.status().as_u16();
    // What it says is its own affair; it is read so that the connection ends well.
    let _ = response.into_body().collect(ANSWER).await;
    Ok(status)
}
