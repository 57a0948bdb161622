//! A book's newest chapters as a feed.

use aw_edge_core::{Context, reply};
use aw_feeds::{Entry, Feed, Format};
use aw_model::{Access, Chapter, Manifest};
use aw_platform::{ApiError, Platform, Response};
use http::request::Parts;

use crate::{caching, find};

/// The most chapters that a feed has.
const CHAPTERS: usize = 50;

/// `GET /books/SLUG/feed.xml`, `/books/SLUG/atom.xml`, `/books/SLUG/feed.json`. The same for every reader: it has titles
/// and no text.
///
/// # Errors
/// 404; 503 where this edge does not know the book and the origin cannot be asked.
pub async fn feed<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    slug: &str,
    format: Format,
) -> Result<Response<P>, ApiError> {
    let found = find::by_slug(ctx, slug).await?;
    let Manifest { book, chapters, .. } = found.manifest(ctx)?;
    let tenant = ctx.site.tenant();
    let page = [&tenant.base_url, "/books/", slug].concat();
    // What was published before chapters had dates is as old as the book.
    let date = |chapter: &Chapter| match chapter.published_at.as_str() {
        "" => book.published_at.clone(),
        time => time.to_owned(),
    };
    // By insertion: they are nearly in order, and few are kept.
    let mut newest: Vec<(String, &Chapter)> = Vec::with_capacity(CHAPTERS + 1);
    for chapter in chapters.iter().rev() {
        let date = date(chapter);
        let at = newest.iter().position(|(there, _)| *there < date).unwrap_or(newest.len());
        newest.insert(at, (date, chapter));
        newest.truncate(CHAPTERS);
    }
    let entries: Vec<Entry> = newest
        .into_iter()
        .map(|(published, chapter)| Entry {
            id: ["urn:uuid:", &chapter.id].concat(),
            url: [&page, "/", &chapter.number.to_string()].concat(),
            title: chapter.title.clone(),
            summary: match chapter.access {
                Access::Free => String::new(),
                Access::Members => "For members".to_owned(),
                Access::Tier(_) => "For readers who have paid".to_owned(),
            },
            authors: book.authors.clone(),
            language: book.language.clone(),
            published,
            ..Entry::default()
        })
        .collect();
    let feed = Feed {
        title: &book.title,
        publisher: &tenant.name,
        about: if book.description.is_empty() { &book.title } else { &book.description },
        language: &book.language,
        page: &page,
        url: &[&tenant.base_url, head.uri.path()].concat(),
        here: "",
        next: None,
        total: None,
        entries: &entries,
    };
    reply::public_text::<P>(head, feed.write(format), format.media_type(), &caching::book_tags(ctx, &book.id))
}
