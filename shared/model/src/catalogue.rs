//! Shelves: the lists that browsing reads, in pieces whose size does not depend on how many books there are.
//!
//! Each book on a shelf has an ordinal there, given when it is first put on it and never reused; leaf `n` holds the
//! ordinals `n * LEAF .. (n + 1) * LEAF`. Reading the newest page is two reads (the shelf's head and its last leaf)
//! with 10 books as with 100,000; publishing a book rewrites one head and one leaf per shelf.

use serde::{Deserialize, Serialize};

use crate::{
    Access, Series,
    lines::{self, Lines},
};

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

/// The record under [`key::leaf`](crate::key::leaf): books by ordinal, oldest first. Written [line by line](Self::to_json).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// Ordinal and book. Ordinals of unpublished books are missing.
    pub books: Vec<(u64, BookCard)>,
}

const OPEN: &str = "{\"books\":[";
const CLOSE: &str = "]}";

impl Leaf {
    /// Its JSON with each book on a line of its own, so that [`LeafLines`] finds one without reading the others.
    ///
    /// # Errors
    /// None that a card of text and numbers could cause.
    pub fn to_json(&self) -> serde_json::Result<String> {
        lines::write(OPEN, &self.books, CLOSE)
    }
}

/// The books of a leaf that is written line by line, newest first: ordinal, and the card as JSON. It ends at a line that
/// is none of a leaf's.
///
/// ```
/// use aw_model::{BookCard, Leaf, catalogue::LeafLines};
/// let card = BookCard { title: "a\n]},".into(), ..BookCard::default() };
/// let leaf = Leaf { books: vec![(3, card.clone()), (7, card.clone())] };
/// let json = leaf.to_json()?;
/// let card = serde_json::to_string(&card)?;
/// let found: Vec<_> = LeafLines::of(json.as_bytes()).expect("written line by line").collect();
/// assert_eq!(found, [(7, card.as_bytes()), (3, card.as_bytes())]);
/// assert_eq!(serde_json::from_str::<Leaf>(&json)?, leaf, "it is JSON like any other");
/// assert_eq!(LeafLines::of(Leaf::default().to_json()?.as_bytes()).map(Iterator::count), Some(0));
/// assert!(LeafLines::of(serde_json::to_string(&leaf)?.as_bytes()).is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeafLines<'a>(Lines<'a>);

impl<'a> LeafLines<'a> {
    /// The lines of `json`; `None` where it is written in another way.
    pub fn of(json: &'a [u8]) -> Option<Self> {
        let (before, lines, after) = lines::split(json)?;
        (before == OPEN.as_bytes() && after == CLOSE.as_bytes()).then_some(Self(lines))
    }
}

impl<'a> Iterator for LeafLines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let book = self.0.next_back()?.strip_prefix(b"[")?.strip_suffix(b"]")?;
        let (ordinal, card) = book.split_at(memchr::memchr(b',', book)?);
        Some((std::str::from_utf8(ordinal).ok()?.parse().ok()?, &card[1..]))
    }
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
