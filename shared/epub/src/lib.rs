//! Writes a book as EPUB 3.3, so that EPUBCheck has nothing to say about it whatever its chapters hold, and so that old
//! readers open it too (NCX).
//!
//! Chapters are sanitised HTML as `aw-manuscript` makes it: pictures are `asset:N`, links between chapters
//! `chapter:N#part`. Each is parsed as a browser would, made to conform to XHTML's content models without losing text,
//! and written from its tree. The same book gives the same bytes, whenever and wherever it is written.
//!
//! ```
//! let html = "<p>Call me <b>Ishmael".into();
//! let chapters = [aw_epub::Chapter { title: "Loomings".into(), html, ..aw_epub::Chapter::default() }];
//! let book = aw_epub::Book {
//!     id: "urn:uuid:019b7700-0000-7000-8000-000000000001".into(),
//!     title: "The Whale".into(),
//!     language: "en".into(),
//!     modified: "2026-01-01T00:00:00Z".into(),
//!     chapters: chapters.into(),
//!     ..aw_epub::Book::default()
//! };
//! let bytes = aw_epub::write(&book, 1 << 20).unwrap();
//! assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip");
//! assert!(aw_epub::write(&book, 100).is_err(), "longer than is allowed");
//! ```

mod attributes;
mod conform;
mod dom;
mod language;
mod links;
mod math;
mod navigation;
mod node;
mod package;
mod pages;
mod picture;
mod write;
mod xml;

use aw_model::{Matter, matter::Role};
pub use write::write;

/// A book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    /// What no other book has: a URN or URL.
    pub id: String,
    /// The title.
    pub title: String,
    /// Who made it, in their order.
    pub contributors: Vec<Contributor>,
    /// BCP 47; one that is not well-formed is `und`.
    pub language: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Subjects.
    pub tags: Vec<String>,
    /// The series' name, and the book's number in it.
    pub series: Option<(String, u32)>,
    /// Who publishes it; may be empty.
    pub publisher: String,
    /// What one may do with it; may be empty.
    pub rights: String,
    /// When it was first published, RFC 3339; may be empty.
    pub published: String,
    /// When it was last changed, RFC 3339 in UTC.
    pub modified: String,
    /// The index in `pictures` of its cover.
    pub cover: Option<usize>,
    /// In reading order.
    pub chapters: Vec<Chapter>,
    /// N of `asset:N`; an empty one is not there.
    pub pictures: Vec<Vec<u8>>,
}

/// A chapter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chapter {
    /// The title, plain text.
    pub title: String,
    /// Sanitised HTML with its placeholders.
    pub html: String,
    /// Where in the book it is.
    pub matter: Matter,
    /// What it is besides, where it is more than a chapter.
    pub role: Option<&'static Role>,
}

/// Somebody who had a part in a book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contributor {
    /// The name as shown.
    pub name: String,
    /// MARC relator code: `aut`, `edt`, `ill`, `trl` …; empty: an author.
    pub role: String,
}

/// Why a book could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpubError {
    /// It would be longer than is allowed.
    TooLarge,
    /// The archive could not be made.
    Archive,
}

impl std::fmt::Display for EpubError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the book is too large for one EPUB",
            Self::Archive => "the EPUB's archive cannot be written",
        })
    }
}

impl std::error::Error for EpubError {}
