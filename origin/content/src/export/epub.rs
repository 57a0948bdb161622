//! A book as an EPUB.

use std::collections::BTreeMap;

use aw_blobs::Blobs;
use aw_epub::{Book, Chapter, Contributor, EpubError};
use aw_model::object::MAX;
use aw_origin_data::objects::Object;
use aw_platform::{ApiError, Error, Platform};

use super::pictures;
use crate::books::Draft;

/// A chapter's title and HTML.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    pub(crate) title: &'a str,
    /// Sanitised, with `asset:N` and `chapter:N` in it.
    pub(crate) html: &'a str,
}

/// What an export is made of.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) draft: &'a Draft,
    /// The tenant's name.
    pub(crate) publisher: &'a str,
    /// In reading order.
    pub(crate) chapters: Vec<Text<'a>>,
    /// By number.
    pub(crate) assets: &'a BTreeMap<usize, Object>,
}

/// The EPUB, the same bytes for the same revision of the book; `None` where it would be longer than an object may be.
///
/// # Errors
/// The object store cannot be reached.
pub(crate) async fn epub<P: Platform>(
    p: &P,
    blobs: &Blobs,
    tenant: &str,
    from: Source<'_>,
) -> Result<Option<Vec<u8>>, ApiError> {
    let Source { draft, publisher, chapters, assets } = from;
    let cover = draft.cover.and_then(|n| usize::try_from(n).ok());
    let mut wanted = pictures::shown(chapters.iter().map(|chapter| chapter.html));
    wanted.extend(cover);
    let Some(pictures) = pictures::load(p, blobs, tenant, assets, &wanted, MAX).await? else { return Ok(None) };
    let book = Book {
        id: format!("urn:uuid:{}", draft.id),
        title: draft.title.clone(),
        contributors: draft
            .authors
            .iter()
            .map(|name| Contributor { name: name.clone(), role: String::new() })
            .collect(),
        language: draft.language.clone(),
        description: draft.description.clone(),
        tags: draft.tags.clone(),
        series: draft.series.as_ref().map(|series| (series.name.clone(), series.position)),
        publisher: publisher.to_owned(),
        rights: String::new(),
        // The first publishing would differ from the second.
        published: String::new(),
        modified: draft.updated_at.clone(),
        cover,
        chapters: chapters.iter().map(|c| Chapter { title: c.title.to_owned(), html: c.html.to_owned() }).collect(),
        pictures,
    };
    match aw_epub::write(&book, usize::try_from(MAX).unwrap_or(usize::MAX)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(EpubError::TooLarge) => Ok(None),
        Err(error @ EpubError::Archive) => Err(Error::internal(error.to_string()).into()),
    }
}
