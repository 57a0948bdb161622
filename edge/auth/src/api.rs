//! The routes of `/v1/auth` for programs and scripts.

use aw_edge_core::{Context, cookie, reply, same_origin};
use aw_platform::{ApiError, Body, Bytes, Platform, Response};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Deserialize;

use crate::{Action, cookies, csrf, relay, tokens::Tokens};

/// `POST /v1/auth/ACTION`, relayed to the origin. Tokens in the answer become cookies too.
///
/// # Errors
/// 413, 415; 429 for who tries too often; 403 for a cookie without its CSRF token; 401 for a refresh without a token;
/// 503 where the origin cannot be asked. What the origin refuses is passed on as it is.
pub async fn api<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
    action: Action,
) -> Result<Response<P>, ApiError> {
    let body = relay::read::<P>(body).await?;
    if !body.is_empty() && !is_json(&head.headers) {
        return Err(ApiError::new(415, "REQUEST_CONTENT_TYPE", "the body must be application/json"));
    }
    let (json, by_cookie) = match action {
        Action::Refresh | Action::Logout => match refresh_token(ctx, head, &body)? {
            Some(found) => found,
            // There is nothing to end.
            None if action == Action::Logout => return Ok(logged_out(ctx)),
            None => return Err(ApiError::unauthorized("AUTH_REFRESH_MISSING", "there is no refresh token")),
        },
        _ => {
            same_origin(&ctx.site, &head.headers)?;
            (body, false)
        }
    };
    let tries = action.throttle(ctx)?;
    let answer = relay::ask(ctx, action, json).await?;
    let rate = answer.rate.map_or(tries, |requests| requests.tighter(tries));
    let (status, tokens) = (answer.status, Tokens::read(&answer.body));
    let mut response = match &tokens {
        Some(tokens) if by_cookie => tokens.without(&ctx.call),
        _ => answer.into_response::<P>(),
    };
    reply::set(&mut response, header::CACHE_CONTROL, reply::NO_STORE);
    rate.tell(response.headers_mut());
    match (status.is_success(), tokens) {
        (true, Some(tokens)) => {
            if let Err(error) = cookies::set(ctx, &tokens, response.headers_mut()) {
                ctx.call.note(format_args!("no cookies: {error}"));
            }
        }
        (true, None) if action == Action::Logout => cookies::clear(ctx, response.headers_mut()),
        (false, _) if by_cookie && status == StatusCode::UNAUTHORIZED => cookies::clear(ctx, response.headers_mut()),
        _ => {}
    }
    Ok(response)
}

/// The body to send on, and whether its token came as a cookie; `None` where there is no token.
fn refresh_token<P: Platform>(ctx: &Context<P>, head: &Parts, body: &Bytes) -> Result<Option<(Bytes, bool)>, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        refresh_token: Option<String>,
    }
    if !body.is_empty() {
        let given: Given = serde_json::from_slice(body)
            .map_err(|_| ApiError::bad_request("REQUEST_BODY_INVALID", "the body must be {refreshToken}"))?;
        if given.refresh_token.is_some() {
            return Ok(Some((body.clone(), false)));
        }
    }
    let Some(token) = cookie::get(&head.headers, cookie::REFRESH).filter(|token| !token.is_empty()) else {
        return Ok(None);
    };
    csrf::check_refresh(ctx, &head.headers, None)?;
    Ok(Some((relay::token_body(token), true)))
}

fn logged_out<P: Platform>(ctx: &Context<P>) -> Response<P> {
    let mut response = Response::<P>::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    cookies::clear(ctx, response.headers_mut());
    response
}

/// A type that no form of another site's page can send without asking first.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
