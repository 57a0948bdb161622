//! What a reader is told who may not read.

use aw_edge_core::{Context, reply};
use aw_model::{Access, Book, Chapter};
use aw_pages::{PaywallPage, form, paywall_page};
use aw_platform::{ApiError, Platform, Response, rfc3339};
use http::{StatusCode, request::Parts};
use serde::Serialize;

use crate::{find::Found, rule::Rule};

/// The machine-readable part of a refusal: what is asked for, and of what.
#[derive(Serialize)]
struct Details<'a> {
    access: &'a Access,
    offer: Offer<'a>,
    /// When it opens to more readers, and to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next<'a>>,
    book: BookName<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<ChapterName<'a>>,
}

#[derive(Serialize)]
struct Next<'a> {
    at: String,
    access: &'a Access,
}

#[derive(Serialize)]
struct Offer<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'a str>,
}

#[derive(Serialize)]
struct BookName<'a> {
    id: &'a str,
    slug: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct ChapterName<'a> {
    number: u32,
    title: &'a str,
}

/// 401 for what members read, 402 for what a tier reads, 403 for what is closed to all, with the offer and the time of
/// the next opening in its details; not a byte of the text.
///
/// # Errors
/// Where the reader may not read a chapter of this access.
pub(crate) fn check<P: Platform>(
    ctx: &Context<P>,
    found: &Found,
    chapter: Option<&Chapter>,
    rule: Rule<'_>,
) -> Result<(), ApiError> {
    if rule.allows(ctx.session.rights(), found.id(ctx)?) {
        return Ok(());
    }
    let book = found.book(ctx)?;
    let next = rule.next();
    // Of what is closed the first that opens it is told.
    let access = rule.access().or(next.map(|next| &next.access)).unwrap_or(&Access::Members);
    let details = Details {
        access,
        offer: match access {
            Access::Tier(tier) => Offer { kind: "tier", tier: Some(tier) },
            Access::Members => Offer { kind: "membership", tier: None },
            Access::Free => Offer { kind: "free", tier: None },
        },
        next: next.map(|next| Next { at: rfc3339(next.from), access: &next.access }),
        book: BookName { id: &book.id, slug: &book.slug, title: &book.title },
        chapter: chapter.map(|chapter| ChapterName { number: chapter.number, title: &chapter.title }),
    };
    Err(match access {
        _ if rule.access().is_none() => ApiError::new(403, "CONTENT_ACCESS_NOT_YET", "this is not open to readers yet"),
        Access::Tier(_) => ApiError::new(402, "CONTENT_ACCESS_PAYMENT_REQUIRED", "this is for readers of a tier"),
        _ => ApiError::unauthorized("CONTENT_ACCESS_LOGIN_REQUIRED", "this is for members: log in to read it"),
    }
    .details(details))
}

/// The paywall as a page, with the error's status. A browser whose session only needs a refresh is sent to get it.
pub(crate) fn page<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    book: &Book,
    chapter: &Chapter,
    rule: Rule<'_>,
    error: &ApiError,
) -> Response<P> {
    let here = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let next = form::escape(here);
    if matches!(ctx.session, aw_edge_core::Session::Stale(_)) && rule.access().is_some() {
        return reply::see_other::<P>(&format!("/v1/auth/continue?next={next}"));
    }
    let html = paywall_page(&PaywallPage {
        book,
        title: &chapter.title,
        access: rule.access(),
        next: rule.next(),
        signed_in: ctx.session.reader().is_some(),
        login: &format!("/login?next={next}"),
        register: &format!("/register?next={next}"),
        subscribe: &match &chapter.access {
            Access::Tier(tier) => format!("/subscribe?tier={tier}&book={}&next={next}", book.id),
            _ => String::new(),
        },
        tenant_name: &ctx.site.tenant().name,
    });
    let mut response = reply::page::<P>(StatusCode::OK, html);
    error.decorate(&mut response);
    response
}
