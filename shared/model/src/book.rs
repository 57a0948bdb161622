//! A published book: its manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Access, Matter,
    access::Opening,
    lines::{self, Lines},
};

/// An EPUB's media type.
pub const EPUB: &str = "application/epub+zip";

/// The record under [`key::manifest`](crate::key::manifest): everything about a published book but its text. Written
/// [line by line](Self::to_json).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The book.
    pub book: Book,
    /// Its chapters in reading order.
    pub chapters: Vec<Chapter>,
    /// Pictures and other files, by name (`SHA256.EXTENSION`), as chapters' pages link them.
    #[serde(default)]
    pub assets: BTreeMap<String, Asset>,
    /// The whole book as an EPUB, where one rule says who may read all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epub: Option<Asset>,
}

const BOOK: &str = "{\"book\":";
const CHAPTERS: &str = ",\"chapters\":[";

impl Manifest {
    /// Its JSON with each chapter on a line of its own, so that [`ManifestLines`] finds one without reading the others.
    ///
    /// # Errors
    /// None that text and numbers could cause.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let before = [BOOK, &serde_json::to_string(&self.book)?, CHAPTERS].concat();
        // All but what is written before: an object that goes on where the list closes.
        let rest = serde_json::to_string(&Rest { assets: &self.assets, epub: self.epub.as_ref() })?;
        lines::write(&before, &self.chapters, &["],", rest.trim_start_matches('{')].concat())
    }
}

#[derive(Serialize)]
struct Rest<'a> {
    assets: &'a BTreeMap<String, Asset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epub: Option<&'a Asset>,
}

/// The parts of a manifest that is written line by line, each as JSON.
#[derive(Clone, Debug)]
pub struct ManifestLines<'a> {
    /// The [`Book`].
    pub book: &'a [u8],
    chapters: Lines<'a>,
}

impl<'a> ManifestLines<'a> {
    /// The parts of `json`; `None` where it is written in another way.
    pub fn of(json: &'a [u8]) -> Option<Self> {
        let (before, chapters, _) = lines::split(json)?;
        let book = before.strip_prefix(BOOK.as_bytes())?.strip_suffix(CHAPTERS.as_bytes())?;
        Some(Self { book, chapters })
    }

    /// The [`Chapter`]s in reading order.
    pub fn chapters(&self) -> impl Iterator<Item = &'a [u8]> {
        self.chapters.clone()
    }
}

/// What is known of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// UUIDv7.
    pub id: String,
    /// Its name in URLs.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The authors' names, in their order.
    pub authors: Vec<String>,
    /// BCP 47.
    pub language: String,
    /// Plain text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Tags as shown; their slugs name shelves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The series it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// Who else took part: editors, translators, illustrators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributors: Vec<Contributor>,
    /// An SPDX identifier, a URL or a sentence; none: all rights reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The name of the asset that is its cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// First published, RFC 3339.
    pub published_at: String,
    /// Published last, RFC 3339.
    pub updated_at: String,
}

/// A book's place in a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The series' name.
    pub name: String,
    /// The book's number in it, from 1.
    pub position: u32,
}

/// Who took part in a book, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributor {
    /// The name.
    pub name: String,
    /// `editor`, `translator`, `illustrator` and so on.
    pub role: String,
}

/// A chapter in a manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// UUIDv7.
    pub id: String,
    /// Its number in the book, from 1; its address in URLs.
    pub number: u32,
    /// The title.
    pub title: String,
    /// The title of the part that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Where in the book it is; `body` where nothing is said.
    #[serde(default, skip_serializing_if = "Matter::is_body")]
    pub matter: Matter,
    /// What it is besides: one of [`matter::ROLES`](crate::matter::ROLES).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who may read it. Where it has openings, whom the first lets in: the narrowest, for an edge that knows none.
    pub access: Access,
    /// From when on who may read it, in the order of the times; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Opening>,
    /// How many words it has.
    pub words: u32,
    /// First published, RFC 3339; empty in what was published before it was written down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub published_at: String,
    /// The reader page: a whole HTML document.
    pub page: ObjectRef,
    /// The chapter as JSON: the object is the value of the envelope's `data`.
    pub data: ObjectRef,
}

/// The name of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
}

/// A file that a book's pages link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// Its bytes.
    pub object: ObjectRef,
    /// Its media type.
    pub media_type: String,
    /// Who may see it: the widest access of the chapters that link it.
    pub access: Access,
    /// From when on who may see it: the openings of all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Opening>,
}
