//! Shelves: the lists that browsing reads, in pieces whose size does not depend on how many books there are.
//!
//! Each book on a shelf has an ordinal there, given when it is first put on it and never reused; leaf `n` holds the
//! ordinals `n * LEAF .. (n + 1) * LEAF`. Reading the newest page is two reads (the shelf's head and its last leaf)
//! with 10 books as with 100,000; publishing a book rewrites one head and one leaf per shelf.

use serde::{Deserialize, Serialize};

use crate::{Access, Series};

/// How many ordinals a leaf spans.
pub const LEAF: u64 = 50;
/// How many cards `GET /v1/books` answers with where it is not told how many.
pub const PAGE: u32 = 20;
/// How much of a description a card has, in characters.
pub const SUMMARY: usize = 400;

/// The record under [`key::shelf`](crate::key::shelf).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shelf {
    /// The shelf's name as shown: a tag, an author, a series; `Newest`.
    pub name: String,
    /// How many books stand on it.
    pub count: u64,
    /// The next ordinal to be given: the newest book has an ordinal below it.
    pub next: u64,
}

/// The record under [`key::leaf`](crate::key::leaf): books by ordinal, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// Ordinal and book. Ordinals of unpublished books are missing.
    pub books: Vec<(u64, BookCard)>,
}

/// What a list shows of a book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookCard {
    /// UUIDv7.
    pub id: String,
    /// Its name in URLs.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The authors' names.
    pub authors: Vec<String>,
    /// Tags as shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The series it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// The name of the asset that is its cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// How many chapters it has.
    pub chapters: u32,
    /// First published, RFC 3339.
    pub published_at: String,
    /// Published last, RFC 3339; empty in what was published before it was written down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub updated_at: String,
    /// BCP 47; empty as above.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The beginning of its description, plain text of at most [`SUMMARY`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Who may have the EPUB, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epub: Option<Access>,
}
