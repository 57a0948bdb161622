//! What crawlers are told.

use aw_edge_core::{Cards, Context, reply, values};
use aw_feeds::Format;
use aw_model::{catalogue::LEAF, key};
use aw_platform::{ApiError, Platform, Response};
use http::request::Parts;

use crate::shelf;

/// How many leaves of the shelf of everything one sitemap is made of: each is a read of the store.
const LEAVES: u64 = 8;

const XML: &str = "application/xml; charset=utf-8";

/// `GET /sitemap.xml`: the sitemaps of this site, however many books it has.
///
/// # Errors
/// 503 where this edge does not have the shelf and the origin cannot be asked.
pub async fn sitemap_index<P: Platform>(ctx: &Context<P>, head: &Parts) -> Result<Response<P>, ApiError> {
    let count = books(ctx).await?.div_ceil(LEAF * LEAVES).max(1);
    let base = &ctx.site.tenant().base_url;
    let urls = (0..count).map(|n| [base, "/sitemap-", &n.to_string(), ".xml"].concat());
    answer(ctx, head, aw_feeds::sitemap_index(urls), XML)
}

/// `GET /sitemap-N.xml`: some of the books, the oldest in the first. A book stays in its sitemap.
///
/// # Errors
/// 404 where there is none of that number; 503 as above.
pub async fn sitemap<P: Platform>(ctx: &Context<P>, head: &Parts, number: &str) -> Result<Response<P>, ApiError> {
    let leaves = books(ctx).await?.div_ceil(LEAF);
    let n = number
        .parse::<u64>()
        .ok()
        .filter(|n| n.to_string() == number && (*n == 0 || n.saturating_mul(LEAVES) < leaves));
    let n = n.ok_or_else(|| ApiError::not_found("there is no such page"))?;
    let tenant = ctx.site.tenant();
    let mut urls = Vec::new();
    if n == 0 {
        urls.push(([&tenant.base_url, "/"].concat(), String::new()));
    }
    for leaf in n * LEAVES..((n + 1) * LEAVES).min(leaves) {
        let record = values::record(&ctx.call, &key::leaf(&tenant.id, "newest", leaf), &ctx.call.edge.leaves).await?;
        let cards = record.iter().filter_map(|record| record.value.as_ref()).flat_map(Cards::newest_first);
        for (_, card) in cards.collect::<Vec<_>>().into_iter().rev() {
            let card = shelf::open(&ctx.call, &card)?;
            let changed = if card.updated_at.is_empty() { card.published_at } else { card.updated_at };
            urls.push(([&tenant.base_url, "/books/", &card.slug].concat(), changed));
        }
    }
    answer(ctx, head, aw_feeds::sitemap(urls.into_iter()), XML)
}

/// `GET /robots.txt`.
///
/// # Errors
/// 412.
pub fn robots<P: Platform>(ctx: &Context<P>, head: &Parts) -> Result<Response<P>, ApiError> {
    answer(ctx, head, aw_feeds::robots(&ctx.site.tenant().base_url), "text/plain; charset=utf-8")
}

/// The format that a file's name at the root or below a book stands for.
pub fn format(name: &str) -> Option<Format> {
    match name {
        "feed.xml" => Some(Format::Rss),
        "atom.xml" => Some(Format::Atom),
        "feed.json" => Some(Format::Json),
        _ => None,
    }
}

/// How many ordinals the shelf of everything has given.
async fn books<P: Platform>(ctx: &Context<P>) -> Result<u64, ApiError> {
    let key = key::shelf(&ctx.site.tenant().id, "newest");
    let shelf = values::record(&ctx.call, &key, &ctx.call.edge.shelves).await?;
    Ok(shelf.as_ref().and_then(|shelf| shelf.value.as_ref()).map_or(0, |shelf| shelf.next))
}

fn answer<P: Platform>(ctx: &Context<P>, head: &Parts, text: String, kind: &str) -> Result<Response<P>, ApiError> {
    reply::public_text::<P>(head, text, kind, &[["tenant-", &ctx.site.tenant().id].concat()])
}
