//! A reader whose token has expired goes on reading: refreshed on the way, without a login.

use aw_edge_core::{Context, cookie, reply};
use aw_pages::{form, local};
use aw_platform::{ApiError, Platform, Response};
use http::{StatusCode, request::Parts};

use crate::{Action, cookies, relay, tokens::Tokens};

/// `GET /v1/auth/continue?next=PATH`: refreshes the session of the cookie `aw_refresh` and goes to `next`. Where there
/// is no session any more the cookies go, so that `next` meets a stranger and does not come back here.
///
/// # Errors
/// 429; 503 where the origin cannot be asked, or gave a token that this edge cannot verify yet.
pub async fn continuation<P: Platform>(ctx: &Context<P>, head: &Parts) -> Result<Response<P>, ApiError> {
    let next = form::field(head.uri.query().unwrap_or_default().as_bytes(), "next").unwrap_or_default();
    let mut response = reply::see_other::<P>(local::or_home(&next));
    let Some(token) = cookie::get(&head.headers, cookie::REFRESH).filter(|token| !token.is_empty()) else {
        cookies::clear(ctx, response.headers_mut());
        return Ok(response);
    };
    Action::Refresh.throttle(ctx)?;
    let answer = relay::ask(ctx, Action::Refresh, relay::token_body(token)).await?;
    match (answer.status, Tokens::read(&answer.body)) {
        (status, Some(tokens)) if status.is_success() => {
            cookies::set(ctx, &tokens, response.headers_mut()).map_err(|error| {
                ctx.call.note(error);
                ApiError::unavailable("your session cannot be continued here yet; try again soon", 5)
            })?;
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            return Err(ApiError::new(429, "AUTH_RATE_LIMITED", "too many tries; wait a little")
                .retry_after(answer.retry_after().unwrap_or(5)));
        }
        _ => cookies::clear(ctx, response.headers_mut()),
    }
    Ok(response)
}
