//! `/login/factor`: the second step of a login, a form that needs no JavaScript.

use aw_edge_core::{Context, reply};
use aw_pages::{FactorPage, factor_page, form, local};
use aw_platform::{ApiError, Body, Error, Platform, Response};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize};

use crate::{
    Action, csrf, forms,
    relay::{self, Answer},
    script,
};

/// What the origin asks for.
#[derive(Deserialize)]
struct Challenge {
    challenge: String,
    factors: Vec<String>,
}

#[derive(Deserialize)]
struct Enveloped {
    data: Challenge,
}

/// The origin's body for the second step.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proof<'a> {
    challenge: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_code: Option<&'a str>,
}

/// What stands in the form.
struct Shown<'a> {
    challenge: &'a str,
    factors: &'a str,
    next: &'a str,
    error: Option<&'a str>,
}

/// The page that asks for what the origin's answer to a first step asks for.
///
/// # Errors
/// The answer is none that this edge knows; 503 where the tenant has no key that this edge can open.
pub(crate) fn ask<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    answer: &Answer,
    next: &str,
) -> Result<Response<P>, ApiError> {
    let Ok(Enveloped { data }) = serde_json::from_slice(&answer.body) else {
        return Err(Error::internal("the origin gave neither tokens nor a challenge").into());
    };
    let shown = Shown { challenge: &data.challenge, factors: &data.factors.join(" "), next, error: None };
    render(ctx, &head.headers, StatusCode::OK, &shown)
}

/// `POST /login/factor`: 303 to `next` with the session's cookies; or the form again; or, where the challenge is no
/// longer good, the login form.
///
/// # Errors
/// 413, 415; 503 where the origin cannot be asked.
pub async fn submit_factor<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    let body = forms::read_form::<P>(head, body).await?;
    let field = |name| form::field(&body, name).unwrap_or_default();
    let (challenge, factors, next, code) = (field("challenge"), field("factors"), field("next"), field("code"));
    let shown = Shown { challenge: &challenge, factors: &factors, next: &next, error: None };
    let again = |status, why: &str| render(ctx, &head.headers, status, &Shown { error: Some(why), ..shown });
    if !csrf::is_anonymous(ctx, &head.headers, &field("csrf")) {
        if ctx.session.reader().is_some() {
            return Ok(reply::see_other::<P>(local::or_home(&next)));
        }
        return again(StatusCode::FORBIDDEN, "This form was too old. Please try once more.");
    }
    if let Err(error) = Action::Factor.throttle(ctx) {
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, error.message())?;
        error.decorate(&mut response);
        return Ok(response);
    }
    // A recovery code has ten letters and digits, so that nobody has to say which of both was typed.
    let digits = code.bytes().filter(|b| !b.is_ascii_whitespace()).all(|b| b.is_ascii_digit());
    let short = code.bytes().filter(u8::is_ascii_digit).count() <= 6;
    let (totp, recovery_code) = if digits && short { (Some(&*code), None) } else { (None, Some(&*code)) };
    let proof = Proof { challenge: &challenge, totp, recovery_code };
    let answer = relay::ask(ctx, Action::Factor, relay::json(&proof)).await?;
    if answer.status.is_success() {
        return forms::enter(ctx, head, &answer, &next);
    }
    if answer.code() == "AUTH_CHALLENGE_INVALID" {
        let why = "That took too long, or was tried too often. Please log in again.";
        return forms::login_again(ctx, head, answer.status, &next, why);
    }
    let mut response = again(answer.status, &answer.message())?;
    if let Some(seconds) = answer.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

fn render<P: Platform>(
    ctx: &Context<P>,
    asked: &HeaderMap,
    status: StatusCode,
    shown: &Shown<'_>,
) -> Result<Response<P>, ApiError> {
    let mut headers = HeaderMap::new();
    let page = FactorPage {
        csrf: &csrf::anonymous(ctx, asked, &mut headers)?,
        next: local::or_home(shown.next),
        challenge: shown.challenge,
        factors: shown.factors,
        error: shown.error,
        tenant_name: &ctx.site.tenant().name,
    };
    let mut response = reply::page::<P>(status, factor_page(&page));
    response.headers_mut().extend(headers);
    script::allow(&mut response);
    if status == StatusCode::UNAUTHORIZED {
        reply::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    }
    Ok(response)
}
