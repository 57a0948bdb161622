//! `/verify`, `/forgot`, `/reset` and `/confirm-email`: where mailed links lead. Forms that need no JavaScript; following
//! a link changes nothing, its button does.

use aw_edge_core::{Context, form, reply};
use aw_pages::{DonePage, LinkPage, confirm_email_page, done_page, forgot_page, reset_page, verify_page};
use aw_platform::{ApiError, Body, Platform, Response};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Serialize;

use crate::{Action, csrf, forms, relay};

/// The longest token that is shown in a form, in bytes: ours have 43.
const TOKEN: usize = 256;

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkForm {
    /// `/verify`
    Verify,
    /// `/forgot`
    Forgot,
    /// `/reset`
    Reset,
    /// `/confirm-email`
    ConfirmEmail,
}

impl LinkForm {
    /// The page that this path segment names.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment {
            "verify" => Some(Self::Verify),
            "forgot" => Some(Self::Forgot),
            "reset" => Some(Self::Reset),
            "confirm-email" => Some(Self::ConfirmEmail),
            _ => None,
        }
    }

    /// What the origin is asked for; a confirmation without a link asks for one.
    fn action(self, token: &str) -> Action {
        match self {
            Self::Verify if token.is_empty() => Action::MailVerification,
            Self::Verify => Action::Verify,
            Self::Forgot => Action::Forgot,
            Self::Reset => Action::Reset,
            Self::ConfirmEmail => Action::ConfirmEmail,
        }
    }
}

/// What stands in the form when it is shown again.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    token: &'a str,
    email: &'a str,
    error: Option<&'a str>,
}

/// The origin's body.
#[derive(Serialize)]
struct Given<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    token: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    password: &'a str,
}

/// `GET` (`?token=`): the form.
///
/// # Errors
/// 503 where the tenant has no key that this edge can open.
pub fn show_link<P: Platform>(ctx: &Context<P>, head: &Parts, which: LinkForm) -> Result<Response<P>, ApiError> {
    let token = token(head.uri.query().unwrap_or_default().as_bytes());
    render(ctx, &head.headers, which, StatusCode::OK, Typed { token: &token, ..Typed::default() })
}

/// `POST`: done, or the form again with what was wrong.
///
/// # Errors
/// 413, 415; 503 where the origin cannot be asked.
pub async fn submit_link<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    body: Body<P::Body>,
    which: LinkForm,
) -> Result<Response<P>, ApiError> {
    let body = forms::read_form::<P>(head, body).await?;
    let field = |name| form::field(&body, name).unwrap_or_default();
    let (token, email) = (token(&body), field("email"));
    let typed = Typed { token: &token, email: &email, error: None };
    let again = |status, why: &str| render(ctx, &head.headers, which, status, Typed { error: Some(why), ..typed });
    if !csrf::is_page(ctx, head, &field("csrf")) {
        return again(StatusCode::FORBIDDEN, "This form was too old. Please try once more.");
    }
    let action = which.action(&token);
    if let Err(error) = action.throttle(ctx) {
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, error.message())?;
        error.decorate(&mut response);
        return Ok(response);
    }
    let password = if which == LinkForm::Reset { field("password") } else { String::new() };
    let email = if which == LinkForm::Forgot { email.as_str() } else { "" };
    let given = Given { token: &token, email, password: &password };
    let answer = relay::ask(ctx, action, relay::json(&given)).await?;
    if !answer.status.is_success() {
        let mut response = again(answer.status, &answer.message())?;
        if let Some(seconds) = answer.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return Ok(response);
    }
    let tenant_name = &ctx.site.tenant().name;
    let (title, message, next) = done(action);
    Ok(reply::page::<P>(StatusCode::OK, done_page(&DonePage { title, message, next, tenant_name })))
}

fn done(action: Action) -> (&'static str, &'static str, (&'static str, &'static str)) {
    let home = ("/", "Go on reading");
    match action {
        Action::Forgot => {
            let message = "If there is an account with that address, a mail with a link is on its way to it.";
            ("Look into your mail", message, home)
        }
        Action::MailVerification => ("Look into your mail", "A new link is on its way to you.", home),
        Action::Reset => {
            ("Your password is set", "You were logged out everywhere.", ("/login", "Log in with the new password"))
        }
        Action::ConfirmEmail => ("Your address is changed", "Log in with the new one from now on.", home),
        _ => ("Your address is confirmed", "Thank you.", home),
    }
}

/// What a link carries; empty where it is nothing that a link of ours would carry.
fn token(text: &[u8]) -> String {
    let ours = |token: &String| {
        token.len() <= TOKEN && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    form::field(text, "token").filter(ours).unwrap_or_default()
}

fn render<P: Platform>(
    ctx: &Context<P>,
    asked: &HeaderMap,
    which: LinkForm,
    status: StatusCode,
    Typed { token, email, error }: Typed<'_>,
) -> Result<Response<P>, ApiError> {
    let mut headers = HeaderMap::new();
    let csrf = csrf::page(ctx, asked, &mut headers)?;
    let page = LinkPage { csrf: &csrf, token, email, error, tenant_name: &ctx.site.tenant().name };
    let html = match which {
        LinkForm::Verify => verify_page(&page, ctx.session.reader().is_some()),
        LinkForm::Forgot => forgot_page(&page),
        LinkForm::Reset => reset_page(&page),
        LinkForm::ConfirmEmail => confirm_email_page(&page),
    };
    let mut response = reply::page::<P>(status, html);
    response.headers_mut().extend(headers);
    if status == StatusCode::UNAUTHORIZED {
        reply::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    }
    // The address of this page is a key: no other site is told it, nor any page of this one.
    reply::set(&mut response, header::REFERRER_POLICY, "no-referrer");
    Ok(response)
}
