//! A picture, or another file that a book's pages link.

use aw_edge_core::{Context, reply};
use aw_model::Manifest;
use aw_platform::{ApiError, Platform, Response};
use http::{header, request::Parts};

use crate::{caching, find, object, paywall, rule::Rule};

/// `GET /books/SLUG/assets/SHA256.EXT`. Its name is its content, so a free one may be kept for ever.
///
/// # Errors
/// 404; 401 and 402 from the paywall; 503 where this edge does not have it and the origin cannot be asked.
pub async fn asset<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    slug: &str,
    name: &str,
) -> Result<Response<P>, ApiError> {
    let found = find::by_slug(ctx, slug).await?;
    let Manifest { book, assets, .. } = found.manifest(ctx)?;
    let none = || ApiError::new(404, "CONTENT_ASSET_NOT_FOUND", "the book has no such file");
    let asset = assets.get(name).ok_or_else(none)?;
    let rule = Rule::of_asset(asset, ctx.call.platform.now());
    paywall::check(ctx, &found, None, rule)?;
    let mut response = object::serve(ctx, head, &asset.object, &asset.media_type).await?;
    // What an author uploaded is shown, and never run: an SVG can hold a script.
    reply::set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    caching::decide(&mut response, rule, reply::IMMUTABLE, &caching::book_tags(ctx, &book.id));
    Ok(response)
}
