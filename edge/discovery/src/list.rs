//! A shelf as JSON.

use aw_edge_core::{Card, Context, reply};
use aw_model::catalogue::PAGE;
use aw_pages::form;
use aw_platform::{ApiError, Envelope, Platform, Response};
use http::request::Parts;

use crate::{
    cursor::Cursor,
    shelf::{self, ShelfName},
};

const MOST: u32 = 100;

/// `GET /v1/books?tag=&author=&series=&limit=&cursor=`: `BookCard`s, newest first. A shelf that is not there is empty.
///
/// # Errors
/// 400 for a query that means nothing here; 503 where this edge does not have the shelf and the origin cannot be asked.
pub async fn books_json<P: Platform>(ctx: &Context<P>, head: &Parts) -> Result<Response<P>, ApiError> {
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let (tag, author, series) = (form::field(query, "tag"), form::field(query, "author"), form::field(query, "series"));
    let shelf = match (tag.as_deref(), author.as_deref(), series.as_deref()) {
        (None, None, None) => ShelfName::Newest,
        (Some(slug), None, None) => ShelfName::Tag(slug),
        (None, Some(slug), None) => ShelfName::Author(slug),
        (None, None, Some(slug)) => ShelfName::Series(slug),
        _ => return Err(ApiError::bad_request("REQUEST_FILTER_INVALID", "one of tag, author and series at a time")),
    };
    let limit = match form::field(query, "limit") {
        None => PAGE,
        Some(text) => limit(&text)?,
    };
    let cursor = form::field(query, "cursor").map(|text| Cursor::decode(&text)).transpose()?;
    let books = shelf::read(ctx, shelf, cursor, limit as usize).await?;
    let (cards, next) = books.map_or_else(Default::default, |books| (books.cards, books.next));
    let cards: Vec<&[u8]> = cards.iter().map(Card::json).collect();
    let json = [b"[", &cards.join(&b","[..])[..], b"]"].concat();
    let tags = [format!("tenant-{}", ctx.site.tenant().id)];
    let pagination = |envelope: Envelope<()>| envelope.pagination(next.map(Cursor::encode), limit);
    reply::public_raw_json(&ctx.call, head, &json, pagination, &tags)
}

fn limit(text: &str) -> Result<u32, ApiError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && (1..=MOST).contains(n)).ok_or_else(|| {
        ApiError::bad_request("REQUEST_LIMIT_INVALID", format!("limit must be a whole number from 1 to {MOST}"))
    })
}
