//! Where mailed links lead. Following a link changes nothing, its button does.

use aw_origin_pages::{Said, page};
use aw_pages::{DonePage, LinkPage, confirm_email_page, done_page, forgot_page, reset_page, verify_page};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{HeaderValue, StatusCode, header},
};
use serde::{Serialize, de::IgnoredAny};

use super::At;

/// The longest token that is shown in a form, in bytes: ours have 43.
const TOKEN: usize = 256;

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Verify,
    Forgot,
    Reset,
    ConfirmEmail,
}

/// What stands in the form when it is shown again.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    token: &'a str,
    email: &'a str,
    error: Option<&'a ApiError>,
}

/// The body for the route.
#[derive(Serialize)]
struct Given<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    token: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    password: &'a str,
}

impl Link {
    /// The page that this path segment names.
    pub(super) fn parse(segment: &str) -> Option<Self> {
        match segment {
            "verify" => Some(Self::Verify),
            "forgot" => Some(Self::Forgot),
            "reset" => Some(Self::Reset),
            "confirm-email" => Some(Self::ConfirmEmail),
            _ => None,
        }
    }

    /// What is asked for. A confirmation without a link asks for one.
    fn route(self, token: &str) -> &'static str {
        match self {
            Self::Verify if token.is_empty() => "/v1/account/verification",
            Self::Verify => "/v1/auth/verify",
            Self::Forgot => "/v1/auth/password/forgot",
            Self::Reset => "/v1/auth/password/reset",
            Self::ConfirmEmail => "/v1/auth/email/confirm",
        }
    }

    /// `GET` (`?token=`): the form.
    pub(super) fn show<P: SqlPlatform>(self, desk: &At<'_, P>) -> Response<P> {
        let token = token(desk.query("token"));
        self.render(desk, Typed { token: &token, ..Typed::default() })
    }

    /// `POST`: done, or the form again with what was wrong.
    pub(super) async fn follow<P: SqlPlatform>(self, desk: &At<'_, P>) -> Result<Response<P>, ApiError> {
        let (token, email) = (token(Some(desk.field("token"))), desk.field("email"));
        let given = Given {
            token: &token,
            email: if self == Self::Forgot { &email } else { "" },
            password: &if self == Self::Reset { desk.field("password") } else { String::new() },
        };
        if let Said::Refused(error) = desk.post::<IgnoredAny>(self.route(&token), &given).await? {
            return Ok(self.render(desk, Typed { token: &token, email: &email, error: Some(&error) }));
        }
        let (title, message, next) = self.done(&token);
        let html = done_page(&DonePage { title, message, next, tenant_name: &desk.tenant_name });
        Ok(page::<P>(StatusCode::OK, html))
    }

    fn done(self, token: &str) -> (&'static str, &'static str, (&'static str, &'static str)) {
        let home = ("/", "Go on reading");
        match self {
            Self::Forgot => {
                let message = "If there is an account with that address, a mail with a link is on its way to it.";
                ("Look into your mail", message, home)
            }
            Self::Verify if token.is_empty() => ("Look into your mail", "A new link is on its way to you.", home),
            Self::Verify => ("Your address is confirmed", "Thank you.", home),
            Self::Reset => {
                ("Your password is set", "You were logged out everywhere.", ("/login", "Log in with the new password"))
            }
            Self::ConfirmEmail => ("Your address is changed", "Log in with the new one from now on.", home),
        }
    }

    fn render<P: SqlPlatform>(self, desk: &At<'_, P>, Typed { token, email, error }: Typed<'_>) -> Response<P> {
        let shown = LinkPage {
            csrf: desk.csrf(),
            token,
            email,
            error: error.map(ApiError::message),
            tenant_name: &desk.tenant_name,
        };
        let html = match self {
            Self::Verify => verify_page(&shown, desk.caller.user.is_some()),
            Self::Forgot => forgot_page(&shown),
            Self::Reset => reset_page(&shown),
            Self::ConfirmEmail => confirm_email_page(&shown),
        };
        let mut response = page::<P>(StatusCode::OK, html);
        if let Some(error) = error {
            error.decorate(&mut response);
        }
        // The address of this page is a key: no other site is told it, nor any page of this one. With `no-referrer` a
        // browser would send the form with `Origin: null` (Fetch, section 3.2).
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        response
    }
}

/// What a link carries; empty where it is nothing that a link of ours would carry.
fn token(given: Option<String>) -> String {
    let ours = |token: &String| {
        token.len() <= TOKEN && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    given.filter(ours).unwrap_or_default()
}
