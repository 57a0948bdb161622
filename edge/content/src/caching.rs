//! Who may keep what for how long.

use aw_edge_core::{Context, reply};
use aw_model::Chapter;
use aw_platform::{
    Platform,
    http::{self, header},
};

use crate::rule::Rule;

/// The names that a CDN's cache purges the pages of the book of that id by.
pub(crate) fn book_tags<P: Platform>(ctx: &Context<P>, book: &str) -> Vec<String> {
    vec![format!("tenant-{}", ctx.site.tenant().id), format!("book-{book}")]
}

/// The names that a CDN's cache purges a chapter of the book of that id by.
pub(crate) fn chapter_tags<P: Platform>(ctx: &Context<P>, book: &str, chapter: &Chapter) -> Vec<String> {
    let mut tags = book_tags(ctx, book);
    tags.push(format!("chapter-{}", chapter.id));
    tags
}

/// What everybody may read is for every cache, under `tags`; the rest is for the reader's own, which asks each time.
pub(crate) fn decide<B>(response: &mut http::Response<B>, rule: Rule<'_>, shared: &'static str, tags: &[String]) {
    if rule.is_free() {
        reply::set(response, header::CACHE_CONTROL, shared);
        reply::cache_tags(response, tags);
    } else {
        reply::set(response, header::CACHE_CONTROL, reply::PRIVATE);
        reply::set(response, header::VARY, "Cookie, Authorization");
    }
}
