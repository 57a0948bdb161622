//! The newest books, as feeds and catalogues.

use aw_edge_core::{Context, reply};
use aw_feeds::{Entry, Feed, For, Format};
use aw_model::{Access, BookCard};
use aw_pages::form;
use aw_platform::{ApiError, Platform, Response};
use http::request::Parts;

use crate::{
    cursor::Cursor,
    shelf::{self, ShelfName},
};

/// How many books a part has.
const LIMIT: usize = 50;

/// `GET /feed.xml`, `/atom.xml`, `/feed.json`, `/opds`, `/opds.json`, each with `?cursor=`. The same for every reader.
///
/// # Errors
/// 400 for a cursor that is none; 503 where this edge does not have the shelf and the origin cannot be asked.
pub async fn feed<P: Platform>(ctx: &Context<P>, head: &Parts, format: Format) -> Result<Response<P>, ApiError> {
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let cursor = form::field(query, "cursor").map(|text| Cursor::decode(&text)).transpose()?;
    let books = shelf::read(ctx, ShelfName::Newest, cursor, LIMIT).await?;
    let tenant = ctx.site.tenant();
    let part = |cursor: Cursor| ["?cursor=", &cursor.encode()].concat();
    let (here, next) = (cursor.map(part), books.as_ref().and_then(|books| books.next).map(part));
    let cards = books.as_ref().map_or(Ok(Vec::new()), |books| books.open(&ctx.call))?;
    let entries: Vec<Entry> = cards.iter().map(|card| entry(&tenant.base_url, card)).collect();
    let feed = Feed {
        title: &tenant.name,
        publisher: &tenant.name,
        about: "New books",
        language: "",
        page: &[&tenant.base_url, "/"].concat(),
        url: &[&tenant.base_url, head.uri.path()].concat(),
        here: here.as_deref().unwrap_or_default(),
        next: next.as_deref(),
        total: books.as_ref().map(|books| books.count),
        entries: &entries,
    };
    let tags = [["tenant-", &tenant.id].concat()];
    reply::public_text::<P>(head, feed.write(format), format.media_type(), &tags)
}

fn entry(base_url: &str, card: &BookCard) -> Entry {
    let url = [base_url, "/books/", &card.slug].concat();
    Entry {
        id: ["urn:uuid:", &card.id].concat(),
        title: card.title.clone(),
        summary: card.summary.clone(),
        authors: card.authors.clone(),
        tags: card.tags.clone(),
        language: card.language.clone(),
        series: card.series.as_ref().map(|series| (series.name.clone(), series.position)),
        published: card.published_at.clone(),
        updated: card.updated_at.clone(),
        image: card.cover.as_ref().map(|cover| [&url, "/assets/", cover].concat()),
        epub: card.epub.as_ref().map(|access| {
            let whom = match access {
                Access::Free => For::Everybody,
                Access::Members => For::Members,
                Access::Tier(_) => For::Payers,
            };
            ([&url, ".epub"].concat(), whom)
        }),
        url,
    }
}
