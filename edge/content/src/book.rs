//! A book: a page with its contents, its manifest as JSON.

use aw_edge_core::{Context, reply};
use aw_model::{Book, Chapter, Manifest};
use aw_pages::BookPage;
use aw_platform::{ApiError, Platform, Response};
use http::request::Parts;
use serde::Serialize;

use crate::{caching, find};

/// `GET /books/SLUG`: what it is, and its contents. The same for every reader.
///
/// # Errors
/// 404; 503 where this edge does not know it and the origin cannot be asked.
pub async fn book_page<P: Platform>(ctx: &Context<P>, head: &Parts, slug: &str) -> Result<Response<P>, ApiError> {
    let found = find::by_slug(ctx, slug).await?;
    let manifest = found.manifest(ctx)?;
    let tenant = ctx.site.tenant();
    let html = aw_pages::book_page(&BookPage {
        manifest,
        base_url: &tenant.base_url,
        tenant_name: &tenant.name,
        now: ctx.call.platform.now(),
    });
    reply::public_page::<P>(head, html, &caching::book_tags(ctx, &manifest.book.id))
}

/// The manifest as programs see it.
#[derive(Serialize)]
struct BookData<'a> {
    book: &'a Book,
    chapters: &'a [Chapter],
}

/// `GET /v1/books/NAME`: the manifest without its assets.
///
/// # Errors
/// As [`book_page`].
pub async fn book_json<P: Platform>(ctx: &Context<P>, head: &Parts, name: &str) -> Result<Response<P>, ApiError> {
    let found = find::by_name(ctx, name).await?;
    let Manifest { book, chapters, .. } = found.manifest(ctx)?;
    let data = BookData { book, chapters };
    reply::public_json(&ctx.call, head, &data, &caching::book_tags(ctx, &book.id))
}
