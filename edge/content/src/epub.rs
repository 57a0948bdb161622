//! The whole book as a file.

use aw_edge_core::{Context, Session, reply};
use aw_model::Manifest;
use aw_pages::form;
use aw_platform::{ApiError, Platform, Response};
use http::{header, request::Parts};

use crate::{caching, find, object, paywall, rule::Rule};

/// `GET /books/SLUG.epub`: the EPUB that was frozen with the book, to who may read all of it.
///
/// # Errors
/// 404 where there is no such book, and `CONTENT_EPUB_NOT_FOUND` where no one rule says who may read it; 401 and 402
/// from the paywall; 503 where this edge does not have it and the origin cannot be asked.
pub async fn epub<P: Platform>(ctx: &Context<P>, head: &Parts, slug: &str) -> Result<Response<P>, ApiError> {
    let found = find::by_slug(ctx, slug).await?;
    let Manifest { book, epub, .. } = found.manifest(ctx)?;
    let none = || ApiError::new(404, "CONTENT_EPUB_NOT_FOUND", "this book is not to be had as one file");
    let epub = epub.as_ref().ok_or_else(none)?;
    let rule = Rule::of_asset(epub, ctx.call.platform.now());
    if let Err(error) = paywall::check(ctx, &found, None, rule) {
        // A browser whose session only needs a refresh is sent to get it.
        if matches!(ctx.session, Session::Stale(_)) {
            let here = form::escape(head.uri.path());
            return Ok(reply::see_other::<P>(&["/v1/auth/continue?next=", &here].concat()));
        }
        return Err(error);
    }
    let mut response = object::serve(ctx, head, &epub.object, &epub.media_type).await?;
    // A slug has nothing to escape.
    reply::set(
        &mut response,
        header::CONTENT_DISPOSITION,
        &["attachment; filename=\"", &book.slug, ".epub\""].concat(),
    );
    caching::decide(&mut response, rule, reply::PUBLIC, &caching::book_tags(ctx, &book.id));
    Ok(response)
}
