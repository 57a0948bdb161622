//! A request to the origin's own routes of `/v1/auth`, and its answer.

use std::time::Duration;

use aw_edge_core::{Context, identity, origin, reply};
use aw_platform::{ApiError, Body, Bytes, Collected, Error, Platform, RateLimit, Response};
use http::{HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::Action;

/// The longest body of a request here, in bytes.
pub(crate) const BODY: usize = 16 * 1024;
/// The longest answer, in bytes.
const ANSWER: usize = 64 * 1024;
/// A password is hashed so that it takes time.
const PATIENCE: Duration = Duration::from_secs(20);

/// The origin's body for a refresh or a logout.
pub(crate) fn token_body(token: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Refresh<'a> {
        refresh_token: &'a str,
    }
    json(&Refresh { refresh_token: token })
}

/// What is made of strings alone, as JSON.
pub(crate) fn json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).unwrap_or_default().into()
}

/// What the origin said.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// The origin's, of all requests.
    pub(crate) rate: Option<RateLimit>,
    retry_after: Option<HeaderValue>,
}

/// Posts `json` to the origin.
///
/// # Errors
/// 503 where it cannot be asked, or fails.
pub(crate) async fn ask<P: Platform>(ctx: &Context<P>, action: Action, json: Bytes) -> Result<Answer, ApiError> {
    ask_at(ctx, action.path(), json).await
}

/// As [`ask`], at a path.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn ask_at<P: Platform>(ctx: &Context<P>, path: &str, json: Bytes) -> Result<Answer, ApiError> {
    let request = http::Request::builder().method(Method::POST).uri(path).body(());
    let (mut head, ()) = request.map_err(|_| Error::internal("a path to the origin"))?.into_parts();
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // For the list of one's sessions.
    if let Some(browser) = &ctx.user_agent {
        head.headers.insert(header::USER_AGENT, browser.clone());
    }
    identity::set(ctx, &mut head.headers);
    match answer(ctx, head, json).await {
        Ok(answer) if answer.status.is_server_error() => Err(unavailable(ctx, format_args!("{}", answer.status))),
        Ok(answer) => Ok(answer),
        Err(error) => Err(unavailable(ctx, error)),
    }
}

async fn answer<P: Platform>(ctx: &Context<P>, head: http::request::Parts, json: Bytes) -> aw_platform::Result<Answer> {
    let response = origin::send(&ctx.call, head, json, PATIENCE).await?;
    let status = response.status();
    let rate = RateLimit::told(response.headers());
    let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
    let body = response.into_body().bytes(ANSWER).await?;
    Ok(Answer { status, body, rate, retry_after })
}

fn unavailable<P: Platform>(ctx: &Context<P>, why: impl std::fmt::Display) -> ApiError {
    ctx.call.note(why);
    ApiError::new(503, "AUTH_ORIGIN_UNAVAILABLE", "accounts cannot be reached now; try again soon").retry_after(5)
}

impl Answer {
    /// The answer as it is, for a program.
    pub(crate) fn into_response<P: Platform>(self) -> Response<P> {
        let mut response = Response::<P>::new(Body::from(self.body));
        *response.status_mut() = self.status;
        if response.body().size_hint() != Some(0) {
            reply::set(&mut response, header::CONTENT_TYPE, "application/json");
        }
        reply::set(&mut response, header::CACHE_CONTROL, reply::NO_STORE);
        if let Some(value) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            reply::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
        }
        response
    }

    /// The seconds to wait.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        self.retry_after.as_ref()?.to_str().ok()?.parse().ok()
    }

    /// Why it was refused, for a person.
    pub(crate) fn message(&self) -> String {
        self.refusal().map_or_else(|| "That did not work".to_owned(), |reason| reason.message)
    }

    /// Why it was refused, for a program; empty where it does not say.
    pub(crate) fn code(&self) -> String {
        self.refusal().map(|reason| reason.code).unwrap_or_default()
    }

    fn refusal(&self) -> Option<Reason> {
        serde_json::from_slice(&self.body).map(|refusal: Refusal| refusal.error).ok()
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    code: String,
    message: String,
}

/// Reads a request's body.
///
/// # Errors
/// 413; 400 where the sender broke off.
pub(crate) async fn read<P: Platform>(body: Body<P::Body>) -> Result<Bytes, ApiError> {
    match body.collect(BODY).await {
        Ok(Collected::All(bytes)) => Ok(bytes),
        Ok(Collected::TooLarge) => Err(ApiError::body_too_large(BODY as u64)),
        Err(_) => Err(ApiError::bad_request("REQUEST_BODY_BROKEN", "the body broke off")),
    }
}
