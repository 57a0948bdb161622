//! Pages that the origin makes: who asks, and that a form is ours, is decided here.

use aw_edge_core::{Context, Session, reply};
use aw_pages::form;
use aw_platform::{ApiError, Body, Bytes, Platform, Response};
use http::{HeaderMap, Method, request::Parts};

use crate::{Action, csrf, forms};

/// What is to be asked of the origin for such a page, or what to answer at once.
pub enum Asked<P: Platform> {
    /// Ask.
    Origin {
        /// The form that was sent; empty for a look.
        form: Bytes,
        /// The token for the forms on the page.
        csrf: String,
        /// Cookies for the answer.
        cookies: HeaderMap,
    },
    /// Answer this: a session has to be refreshed first.
    Answer(Response<P>),
}

/// A request for a page of the origin's: a look (`GET`, `HEAD`), or a form of ours.
///
/// # Errors
/// 403 for a form that is not ours; 413, 415; 429; 503 where the tenant has no key that this edge can open.
pub async fn page<P: Platform>(ctx: &Context<P>, head: &Parts, body: Body<P::Body>) -> Result<Asked<P>, ApiError> {
    let look = head.method != Method::POST;
    if matches!(ctx.session, Session::Stale(_)) {
        let here = if look { head.uri.path_and_query().map_or("/", |path| path.as_str()) } else { head.uri.path() };
        return Ok(Asked::Answer(reply::see_other::<P>(&format!("/v1/auth/continue?next={}", form::escape(here)))));
    }
    let mut cookies = HeaderMap::new();
    if !look {
        let form = forms::read_form::<P>(head, body).await?;
        let csrf = form::field(&form, "csrf").unwrap_or_default();
        if !csrf::is_page(ctx, head, &csrf) {
            return Err(ApiError::new(403, "AUTH_CSRF_INVALID", "this form was too old: go back and try once more"));
        }
        Action::Login.throttle(ctx)?;
        return Ok(Asked::Origin { form, csrf, cookies });
    }
    let csrf = csrf::page(ctx, &head.headers, &mut cookies)?;
    Ok(Asked::Origin { form: Bytes::new(), csrf, cookies })
}
