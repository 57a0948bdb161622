//! Logging in with an identity provider: there and back.

use aw_edge_core::{
    Context, cookie,
    cookie::{COOKIE_OIDC, Cookie},
    reply,
};
use aw_pages::{form, local};
use aw_platform::{ApiError, Error, Platform, Response};
use http::{HeaderValue, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize};

use crate::{
    Action, forms,
    relay::{self, Answer},
};

/// Where the browser's part of a login is sent: to what ends it.
const PATH: &str = "/v1/auth/oidc";

#[derive(Serialize)]
struct Start<'a> {
    next: &'a str,
}

#[derive(Deserialize)]
struct Started {
    url: String,
    browser: String,
}

#[derive(Serialize)]
struct Finish<'a> {
    code: &'a str,
    state: &'a str,
    browser: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
}

#[derive(Deserialize)]
struct Finished {
    next: String,
}

#[derive(Deserialize)]
struct Enveloped<T> {
    data: T,
}

/// `GET /login/oidc/NAME?next=PATH`: 303 to the provider.
///
/// # Errors
/// 429; 404 for a provider that the tenant has not; 503 where the origin or the provider cannot be asked.
pub async fn provider_start<P: Platform>(ctx: &Context<P>, head: &Parts, name: &str) -> Result<Response<P>, ApiError> {
    let next = form::field(head.uri.query().unwrap_or_default().as_bytes(), "next").unwrap_or_default();
    Action::Login.throttle(ctx)?;
    let body = relay::json(&Start { next: local::or_home(&next) });
    let answer = relay::ask_at(ctx, &format!("/v1/auth/oidc/{}/start", form::escape(name)), body).await?;
    if !answer.status.is_success() {
        return failed(ctx, head, &answer, &next);
    }
    let Ok(Enveloped { data: Started { url, browser } }) = serde_json::from_slice(&answer.body) else {
        return Err(Error::internal("the origin names no provider's page").into());
    };
    let location = HeaderValue::from_str(&url).map_err(|_| Error::internal("a provider's page is no address"))?;
    let mut response = reply::see_other::<P>("/");
    response.headers_mut().insert(header::LOCATION, location);
    remember(ctx, &browser, &mut response);
    Ok(response)
}

/// `GET /v1/auth/oidc/NAME/callback`, where the provider sends the browser back to: 303 to where the reader was, with the
/// session's cookies; or the page for the second factor; or the login form with the reason.
///
/// # Errors
/// 429; 503 where the origin cannot be asked.
pub async fn provider_callback<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    name: &str,
) -> Result<Response<P>, ApiError> {
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let field = |name| form::field(query, name).unwrap_or_default();
    let (code, state, iss) = (field("code"), field("state"), form::field(query, "iss"));
    let browser = cookie::get(&head.headers, COOKIE_OIDC).unwrap_or_default();
    let mut response = if code.is_empty() || state.is_empty() || browser.is_empty() {
        let why = match &*field("error") {
            "access_denied" => "You did not log in there.",
            _ => "That login did not come to its end. Please try once more.",
        };
        forms::login_again(ctx, head, StatusCode::UNAUTHORIZED, "/", why)?
    } else {
        Action::Login.throttle(ctx)?;
        let body = relay::json(&Finish { code: &code, state: &state, browser, iss: iss.as_deref() });
        let answer = relay::ask_at(ctx, &format!("/v1/auth/oidc/{}/finish", form::escape(name)), body).await?;
        if answer.status.is_success() {
            let next = serde_json::from_slice(&answer.body).map(|Enveloped { data: Finished { next } }| next);
            forms::enter(ctx, head, &answer, &next.unwrap_or_default())?
        } else {
            failed(ctx, head, &answer, "/")?
        }
    };
    remember(ctx, "", &mut response);
    Ok(response)
}

/// The login form with the origin's reason.
fn failed<P: Platform>(ctx: &Context<P>, head: &Parts, answer: &Answer, next: &str) -> Result<Response<P>, ApiError> {
    let mut response = forms::login_again(ctx, head, answer.status, next, &answer.message())?;
    if let Some(seconds) = answer.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

fn remember<P: Platform>(ctx: &Context<P>, browser: &str, response: &mut Response<P>) {
    let secure = ctx.site.secure;
    Cookie { name: COOKIE_OIDC, value: browser, path: PATH, readable: false, secure }.append(response.headers_mut());
}
