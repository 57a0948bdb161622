//! `POST /logout`, from the form on the account page.

use aw_edge_core::{Context, cookie, reply};
use aw_pages::form;
use aw_platform::{ApiError, Body, Platform, Response};
use http::request::Parts;

use crate::{Action, cookies, csrf, forms, relay};

/// Ends the session and goes home. Where the origin cannot be asked the browser forgets its tokens all the same, and
/// nobody has them any more.
///
/// # Errors
/// 403 for a form that is not ours; 413, 415.
pub async fn logout_form<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
) -> Result<Response<P>, ApiError> {
    let body = forms::read_form::<P>(head, body).await?;
    csrf::check_refresh(ctx, &head.headers, form::field(&body, "csrf").as_deref())?;
    if let Some(token) = cookie::get(&head.headers, cookie::REFRESH).filter(|token| !token.is_empty()) {
        match relay::ask(ctx, Action::Logout, relay::token_body(token)).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => ctx.call.note(format_args!("logout: {}", answer.status)),
            Err(error) => ctx.call.note(format_args!("logout: {error}")),
        }
    }
    let mut response = reply::see_other::<P>("/");
    cookies::clear(ctx, response.headers_mut());
    Ok(response)
}
