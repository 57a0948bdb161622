//! `/v1/books/ID/exports/FORMAT`: a draft as a file.

use std::collections::BTreeMap;

use aw_model::EPUB;
use aw_origin_data::{
    database,
    objects::{Object, sha256},
    tenants,
};
use aw_platform::{
    ApiError, Body, Error, Response, Result, Sql, SqlPlatform,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

use super::epub::{Source, Text, epub};
use crate::{
    ask::Ask,
    books, manuscript,
    rights::{self, Right},
};

/// The draft as it is, published or not, in the format that the path names.
///
/// # Errors
/// 404 `CONTENT_BOOK_NOT_FOUND`, `CONTENT_EXPORT_UNKNOWN`; 422 `CONTENT_BOOK_EMPTY`; 413 `CONTENT_EXPORT_TOO_LARGE`;
/// for a PDF as [`ask_for`](super::pdf::ask_for).
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "books", book, "exports", "epub"]) => as_epub(ask, book).await,
        (&Method::POST, ["v1", "books", book, "exports", "pdf"]) => super::pdf::ask_for(ask, book).await,
        (_, ["v1", "books", _, "exports", "epub" | "pdf"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::new(404, "CONTENT_EXPORT_UNKNOWN", "books are exported as epub and as pdf")),
    }
}

/// There is nothing to export.
pub(super) fn empty() -> ApiError {
    ApiError::new(422, "CONTENT_BOOK_EMPTY", "the book has no chapter yet")
}

async fn as_epub<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str) -> Result<Response<P>, ApiError> {
    let (p, blobs, tenant) = (ask.p, &*ask.service.blobs, ask.tenant);
    let info = tenants::get(&database::control(p).await?, tenant).await?;
    let sql = ask.sql().await?;
    let draft = books::find(&sql, book).await?;
    rights::require(&sql, ask.caller, &draft.id, Right::Read).await?;
    let chapters = books::chapters(&sql, &draft.id).await?;
    if chapters.is_empty() {
        return Err(empty());
    }
    let assets = assets(&sql, &draft.id).await?;
    let texts = manuscript::by_chapter(&sql, &draft.id).await?;
    let html = |id: &String| texts.get(id).map(|document| document.html()).unwrap_or_default();
    let html: Vec<_> = chapters.iter().map(|chapter| html(&chapter.id)).collect();
    let texts = chapters.iter().zip(&html).map(|(c, html)| Text {
        id: &c.id,
        title: &c.title,
        html,
        matter: c.kind.matter(),
        role: c.role.as_deref(),
    });
    let source = Source { draft: &draft, publisher: &info.name, chapters: texts.collect(), assets: &assets };
    let Some(bytes) = epub(p, blobs, tenant, source).await? else {
        let why = format!("as an EPUB the book has more than {} bytes", aw_model::object::MAX);
        return Err(ApiError::new(413, "CONTENT_EXPORT_TOO_LARGE", why));
    };
    file::<P>(&ask.head.headers, EPUB, &format!("{}.epub", draft.slug), bytes)
}

/// A file to be kept by who asked. The same file again is a 304.
fn file<P: SqlPlatform>(
    headers: &HeaderMap,
    media_type: &'static str,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Response<P>, ApiError> {
    let etag = format!("\"{}\"", sha256(&bytes));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|list| list.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    });
    let length = bytes.len();
    let mut response = Response::<P>::new(if known { Body::Empty } else { Body::from(bytes) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Error::internal("a header's value"));
    let out = response.headers_mut();
    out.insert(header::ETAG, value(&etag)?);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if !known {
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        out.insert(header::CONTENT_LENGTH, length.into());
        // A slug has nothing to escape.
        out.insert(header::CONTENT_DISPOSITION, value(&format!("attachment; filename=\"{name}\""))?);
    }
    Ok(response)
}

/// The book's files, by number.
async fn assets<S: Sql>(sql: &S, book: &str) -> Result<BTreeMap<usize, Object>> {
    let select = "SELECT number, sha256, size, media_type FROM assets WHERE book = $1::text::uuid";
    let mut assets = BTreeMap::new();
    for row in sql.query(select, &[book.into()]).await? {
        let object = Object {
            sha256: row.text(1)?.to_owned(),
            size: row.int(2)?.unsigned_abs(),
            media_type: row.text(3)?.to_owned(),
        };
        assets.insert(usize::try_from(row.int(0)?).unwrap_or(usize::MAX), object);
    }
    Ok(assets)
}
