//! A book, by the names it has in URLs.

use std::rc::Rc;

use aw_edge_core::{Context, LazyManifest, Record, values};
use aw_model::{Book, Chapter, Manifest, key, record, slug::is_slug};
use aw_platform::{ApiError, Error, FromSegment, Platform};

/// A book that is there, opened as far as somebody looks.
pub(crate) struct Found(Rc<Record<LazyManifest>>);

impl Found {
    fn lazy(&self) -> &LazyManifest {
        match &self.0.value {
            Some(manifest) => manifest,
            None => unreachable!("a tombstone is not found"),
        }
    }

    /// The book's id.
    ///
    /// # Errors
    /// As [`book`](Self::book).
    pub(crate) fn id<P: Platform>(&self, ctx: &Context<P>) -> Result<&str, ApiError> {
        self.lazy().id().map_err(|error| unreadable(ctx, error))
    }

    /// The book.
    ///
    /// # Errors
    /// 500 where its record cannot be read.
    pub(crate) fn book<P: Platform>(&self, ctx: &Context<P>) -> Result<&Book, ApiError> {
        self.lazy().book().map_err(|error| unreadable(ctx, error))
    }

    /// All of its manifest.
    ///
    /// # Errors
    /// As [`book`](Self::book).
    pub(crate) fn manifest<P: Platform>(&self, ctx: &Context<P>) -> Result<&Manifest, ApiError> {
        self.lazy().whole().map_err(|error| unreadable(ctx, error))
    }

    /// The chapter of that number.
    ///
    /// # Errors
    /// 404; 400 for what is no number; as [`book`](Self::book).
    pub(crate) fn chapter<P: Platform>(&self, ctx: &Context<P>, number: &str) -> Result<Rc<Chapter>, ApiError> {
        let number = aw_platform::Path::arg(number, "the chapter")?;
        self.lazy().chapter(number).map_err(|error| unreadable(ctx, error))?.ok_or_else(no_chapter)
    }
}

fn unreadable<P: Platform>(ctx: &Context<P>, error: impl std::fmt::Display) -> ApiError {
    values::unreadable(&ctx.call, "a manifest", error)
}

pub(crate) fn no_book() -> ApiError {
    ApiError::new(404, "CONTENT_BOOK_NOT_FOUND", "there is no such book")
}

fn no_chapter() -> ApiError {
    ApiError::new(404, "CONTENT_CHAPTER_NOT_FOUND", "the book has no such chapter")
}

/// The book of that slug.
///
/// # Errors
/// 404; 503 where this edge does not know it and the origin cannot be asked.
pub(crate) async fn by_slug<P: Platform>(ctx: &Context<P>, slug: &str) -> Result<Found, ApiError> {
    if !is_slug(slug) {
        return Err(no_book());
    }
    let key = key::manifest(&ctx.site.tenant().id, slug);
    let record = values::record(&ctx.call, &key, &ctx.call.edge.manifests).await?;
    record.map(Found).ok_or_else(no_book)
}

/// The book of that slug or id (a UUID).
///
/// # Errors
/// As [`by_slug`].
pub(crate) async fn by_name<P: Platform>(ctx: &Context<P>, name: &str) -> Result<Found, ApiError> {
    let Some(id) = uuid::Uuid::from_segment(name) else { return by_slug(ctx, name).await };
    let key = key::book_id(&ctx.site.tenant().id, &id.to_string());
    let Some(raw) = values::get(&ctx.call, &key).await? else { return by_slug(ctx, name).await };
    let (_, slug) = record::decode::<String>(&raw).map_err(|_| Error::internal("a record cannot be read"))?;
    by_slug(ctx, &slug.ok_or_else(no_book)?).await
}
