//! A shelf as a page.

use aw_edge_core::{Context, reply};
use aw_pages::ShelfPage;
use aw_pages::form;
use aw_platform::{ApiError, Platform, Response};
use http::request::Parts;

use crate::{
    cursor::Cursor,
    shelf::{self, ShelfName},
};

const LIMIT: usize = 24;

/// `GET /`, `/tags/SLUG`, `/authors/SLUG`, `/series/SLUG`, each with `?cursor=`. The same for every reader.
///
/// # Errors
/// 404 for a shelf that is not there, but for the first one, which is then empty; 400 for a cursor that is none;
/// 503 where this edge does not have it and the origin cannot be asked.
pub async fn shelf_page<P: Platform>(
    ctx: &Context<P>,
    head: &Parts,
    shelf: ShelfName<'_>,
) -> Result<Response<P>, ApiError> {
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let cursor = form::field(query, "cursor").map(|text| Cursor::decode(&text)).transpose()?;
    let books = shelf::read(ctx, shelf, cursor, LIMIT).await?;
    if books.is_none() && shelf != ShelfName::Newest {
        return Err(ApiError::new(404, "DISCOVERY_SHELF_NOT_FOUND", "nothing is filed under this name"));
    }
    let tenant = ctx.site.tenant();
    let heading = match (&books, shelf) {
        (Some(books), ShelfName::Tag(_) | ShelfName::Author(_) | ShelfName::Series(_)) => &books.name,
        _ => &tenant.name,
    };
    let next = books.as_ref().and_then(|books| books.next).map(Cursor::encode);
    let cards = books.as_ref().map_or(Ok(Vec::new()), |books| books.open(&ctx.call))?;
    let html = aw_pages::shelf_page(&ShelfPage {
        heading,
        path: &shelf.path(),
        books: &cards,
        next: next.as_deref(),
        continued: cursor.is_some(),
        base_url: &tenant.base_url,
        tenant_name: &tenant.name,
    });
    reply::public_page::<P>(head, html, &[format!("tenant-{}", tenant.id)])
}
