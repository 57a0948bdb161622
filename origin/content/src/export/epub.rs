//! A book as an EPUB.

use std::collections::{BTreeMap, HashMap};

use aw_blobs::Blobs;
use aw_epub::{Book, Chapter, Contributor, EpubError};
use aw_model::{Matter, matter::role, object::MAX};
use aw_origin_data::objects::Object;
use aw_platform::{ApiError, Error, Platform};

use super::pictures;
use crate::books::Draft;

/// A chapter's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// Sanitised, with `asset:N` and `chapter:ID` in it.
    pub(crate) html: &'a str,
    pub(crate) matter: Matter,
    pub(crate) role: Option<&'a str>,
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
    let place: HashMap<&str, usize> = chapters.iter().enumerate().map(|(n, chapter)| (chapter.id, n)).collect();
    let written = chapters.iter().map(|c| Chapter {
        title: c.title.to_owned(),
        html: numbered(c.html, &place),
        matter: c.matter,
        role: c.role.and_then(role),
    });
    let contributors = draft.contributors.iter().map(|c| Contributor { name: c.name.clone(), role: relator(&c.role) });
    let authors = draft.authors.iter().map(|name| Contributor { name: name.clone(), role: String::new() });
    let book = Book {
        id: format!("urn:uuid:{}", draft.id),
        title: draft.title.clone(),
        contributors: authors.chain(contributors).collect(),
        language: draft.language.clone(),
        description: draft.description.clone(),
        tags: draft.tags.clone(),
        series: draft.series.as_ref().map(|series| (series.name.clone(), series.position)),
        publisher: publisher.to_owned(),
        rights: draft.licence.clone().unwrap_or_default(),
        // The first publishing would differ from the second.
        published: String::new(),
        modified: draft.updated_at.clone(),
        cover,
        chapters: written.collect(),
        pictures,
    };
    match aw_epub::write(&book, usize::try_from(MAX).unwrap_or(usize::MAX)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(EpubError::TooLarge) => Ok(None),
        Err(error @ EpubError::Archive) => Err(Error::internal(error.to_string()).into()),
    }
}

/// Links between chapters by their place in the book. One that the book does not have leads nowhere.
fn numbered(html: &str, place: &HashMap<&str, usize>) -> String {
    let chapter = |id: &str| format!("chapter:{}", place.get(id).copied().unwrap_or(usize::MAX));
    aw_manuscript::resolve_ids(html, |n| format!("asset:{n}"), chapter)
}

/// A contributor's role as MARC's relator, where it is one that is written out often.
fn relator(role: &str) -> String {
    let code = match role.to_ascii_lowercase().as_str() {
        "editor" => "edt",
        "illustrator" => "ill",
        "translator" => "trl",
        "photographer" => "pht",
        "cover designer" | "cover artist" => "cov",
        _ => "ctb",
    };
    code.to_owned()
}
