//! `/login` and `/register`: forms that need no JavaScript.

use aw_edge_core::{Context, Reader, Session, reply};
use aw_pages::{AccountPage, CredentialsPage, account_page, form, local, login_page, register_page};
use aw_platform::{ApiError, Body, Bytes, Platform, Response};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Serialize;

use crate::{
    Action, cookies, csrf, factor,
    relay::{self, Answer},
    script,
    tokens::Tokens,
};

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `/login`
    Login,
    /// `/register`
    Register,
}

/// What stands in the form when it is shown again.
#[derive(Default)]
struct Typed<'a> {
    email: &'a str,
    display_name: &'a str,
    next: &'a str,
    error: Option<&'a str>,
}

/// The origin's body for a login or a registration.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    email: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
}

/// `GET /login` and `/register` (`?next=PATH`). Who has logged in already goes on to `next`, or sees the account.
///
/// # Errors
/// 503 where the tenant has no key that this edge can open.
pub fn show<P: Platform>(ctx: &Context<P>, head: &Parts, which: Form) -> Result<Response<P>, ApiError> {
    let next = form::field(head.uri.query().unwrap_or_default().as_bytes(), "next");
    match &ctx.session {
        Session::Reader(reader) => Ok(match next {
            Some(next) => reply::see_other::<P>(local::or_home(&next)),
            None => account(ctx, reader),
        }),
        Session::Stale(_) => {
            let here = head.uri.path_and_query().map_or("/login", |path| path.as_str());
            Ok(reply::see_other::<P>(&format!("/v1/auth/continue?next={}", form::escape(here))))
        }
        Session::Stranger => {
            let typed = Typed { next: next.as_deref().unwrap_or("/"), ..Typed::default() };
            render(ctx, &head.headers, which, StatusCode::OK, &typed)
        }
    }
}

/// `POST /login` and `/register`: 303 to `next` with the session's cookies, or the form again with what was wrong.
///
/// # Errors
/// 413, 415; 503 where the origin cannot be asked.
pub async fn submit<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
    which: Form,
) -> Result<Response<P>, ApiError> {
    let body = read_form::<P>(head, body).await?;
    let field = |name| form::field(&body, name).unwrap_or_default();
    let (email, display_name, next) = (field("email"), field("displayName"), field("next"));
    let typed = Typed { email: &email, display_name: &display_name, next: &next, error: None };
    let again = |status, why: &str| render(ctx, &head.headers, which, status, &Typed { error: Some(why), ..typed });
    if !csrf::is_anonymous(ctx, &head.headers, &field("csrf")) {
        if ctx.session.reader().is_some() {
            // Logged in since, in another window.
            return Ok(reply::see_other::<P>(local::or_home(&next)));
        }
        return again(StatusCode::FORBIDDEN, "This form was too old. Please try once more.");
    }
    let action = match which {
        Form::Login => Action::Login,
        Form::Register => Action::Register,
    };
    if let Err(error) = action.throttle(ctx) {
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, error.message())?;
        error.decorate(&mut response);
        return Ok(response);
    }
    let name = Some(display_name.trim()).filter(|name| which == Form::Register && !name.is_empty());
    let credentials = Credentials { email: &email, password: &field("password"), display_name: name };
    let answer = relay::ask(ctx, action, relay::json(&credentials)).await?;
    if answer.status.is_success() {
        return enter(ctx, head, &answer, &next);
    }
    let mut response = again(answer.status, &answer.message())?;
    if let Some(seconds) = answer.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// 303 to `next` with the cookies of the session that the origin began, or the page for the second factor.
///
/// # Errors
/// 503 where this edge cannot verify the token yet.
pub(crate) fn enter<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    answer: &Answer,
    next: &str,
) -> Result<Response<P>, ApiError> {
    let Some(tokens) = Tokens::read(&answer.body) else {
        return factor::ask(ctx, head, answer, next);
    };
    let mut response = reply::see_other::<P>(local::or_home(next));
    cookies::set(ctx, &tokens, response.headers_mut()).map_err(|error| {
        ctx.call.note(error);
        ApiError::unavailable("your session has not reached this place yet; try again soon", 5)
    })?;
    Ok(response)
}

/// The account page. It restores the cookie `aw_csrf`, which a form in another window may have replaced.
fn account<P: Platform>(ctx: &Context<P>, reader: &Reader) -> Response<P> {
    let csrf = reader.csrf();
    let page = AccountPage {
        csrf: &csrf,
        roles: &reader.claims.roles,
        email_verified: reader.claims.email_verified,
        tenant_name: &ctx.site.tenant().name,
    };
    let mut response = reply::page::<P>(StatusCode::OK, account_page(&page));
    cookies::csrf(ctx, &csrf).append(response.headers_mut());
    response
}

/// Reads a form's body.
///
/// # Errors
/// 413; 415 for what is no form.
pub(crate) async fn read_form<P: Platform>(head: &Parts, body: Body<P::Body>) -> Result<Bytes, ApiError> {
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(ApiError::new(415, "REQUEST_CONTENT_TYPE", "the body must be a form"));
    }
    relay::read::<P>(body).await
}

/// The login form, with what went wrong before.
///
/// # Errors
/// 503 where the tenant has no key that this edge can open.
pub(crate) fn login_again<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    status: StatusCode,
    next: &str,
    why: &str,
) -> Result<Response<P>, ApiError> {
    let typed = Typed { next, error: Some(why), ..Typed::default() };
    render(ctx, &head.headers, Form::Login, status, &typed)
}

fn render<P: Platform>(
    ctx: &Context<P>,
    asked: &HeaderMap,
    which: Form,
    status: StatusCode,
    typed: &Typed<'_>,
) -> Result<Response<P>, ApiError> {
    let mut headers = HeaderMap::new();
    let csrf = csrf::anonymous(ctx, asked, &mut headers)?;
    let next = local::or_home(typed.next);
    let providers: Vec<(&str, &str)> =
        ctx.site.tenant().providers.iter().map(|provider| (&*provider.name, &*provider.label)).collect();
    let page = CredentialsPage {
        providers: &providers,
        csrf: &csrf,
        next,
        next_query: &form::escape(next),
        email: typed.email,
        display_name: typed.display_name,
        error: typed.error,
        tenant_name: &ctx.site.tenant().name,
    };
    let html = match which {
        Form::Login => login_page(&page),
        Form::Register => register_page(&page),
    };
    let mut response = reply::page::<P>(status, html);
    response.headers_mut().extend(headers);
    if which == Form::Login {
        script::allow(&mut response);
    }
    if status == StatusCode::UNAUTHORIZED {
        reply::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    }
    Ok(response)
}
