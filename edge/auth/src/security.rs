//! `/account/security`: what somebody logs in with.

use aw_edge_core::{Context, Session, form, reply};
use aw_pages::{SecurityPage, security_page};
use aw_platform::{Platform, Response};
use http::{StatusCode, request::Parts};

use crate::{cookies, script};

/// The page; a stranger logs in first. What it shows its script asks of the API.
pub fn security<P: Platform>(ctx: &Context<P>, head: &Parts) -> Response<P> {
    let here = head.uri.path();
    let reader = match &ctx.session {
        Session::Reader(reader) => reader,
        Session::Stale(_) => return reply::see_other::<P>(&format!("/v1/auth/continue?next={}", form::escape(here))),
        Session::Stranger => return reply::see_other::<P>(&format!("/login?next={}", form::escape(here))),
    };
    let page = SecurityPage { tenant_name: &ctx.site.tenant().name };
    let mut response = reply::page::<P>(StatusCode::OK, security_page(&page));
    // The script proves with it that it is ours; a form in another window may have replaced it.
    cookies::csrf(ctx, &reader.csrf()).append(response.headers_mut());
    script::allow(&mut response);
    response
}
