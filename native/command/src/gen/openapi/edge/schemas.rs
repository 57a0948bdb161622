//! What the edge's routes answer with: the shapes of `aw_model`'s records, which know of no schemas, so that no edge
//! carries them.
#![expect(dead_code, reason = "schemas and no values")]

use aw_openapi::JsonSchema;

/// Who may read: `free`, `members` or `tier:NAME`.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Rule(#[schemars(regex(pattern = "^(free|members|tier:[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?)$"))] String);

/// What a list shows of a book.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub(super) struct BookCard {
    id: String,
    /// Its name in URLs.
    slug: String,
    title: String,
    authors: Vec<String>,
    /// None: left out.
    #[schemars(default)]
    tags: Vec<String>,
    #[schemars(default)]
    series: Option<PublishedSeries>,
    /// The name of the asset that is its cover.
    #[schemars(default)]
    cover: Option<String>,
    /// How many it has.
    chapters: u32,
    published_at: String,
    #[schemars(default)]
    updated_at: String,
    /// BCP 47.
    #[schemars(default)]
    language: String,
    /// The beginning of its description.
    #[schemars(default)]
    summary: String,
    /// Who may have the EPUB, where there is one.
    #[schemars(default)]
    epub: Option<Rule>,
}

/// A book's place in a series.
#[derive(JsonSchema)]
struct PublishedSeries {
    name: String,
    /// From 1.
    position: u32,
}

/// A book as readers have it.
#[derive(JsonSchema)]
pub(super) struct Published {
    book: PublishedBook,
    /// In reading order.
    chapters: Vec<PublishedChapter>,
}

/// What is known of a book.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct PublishedBook {
    id: String,
    /// Its name in URLs.
    slug: String,
    title: String,
    authors: Vec<String>,
    /// BCP 47.
    language: String,
    #[schemars(default)]
    description: String,
    #[schemars(default)]
    tags: Vec<String>,
    #[schemars(default)]
    series: Option<PublishedSeries>,
    #[schemars(default)]
    contributors: Vec<PublishedContributor>,
    /// None: all rights reserved.
    #[schemars(default)]
    licence: Option<String>,
    /// The name of the asset that is its cover.
    #[schemars(default)]
    cover: Option<String>,
    published_at: String,
    updated_at: String,
}

/// Who took part in a book, and as what.
#[derive(JsonSchema)]
struct PublishedContributor {
    name: String,
    role: String,
}

/// A chapter of a published book.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct PublishedChapter {
    id: String,
    /// Its address in URLs.
    number: u32,
    title: String,
    /// The title of the part that it is in.
    #[schemars(default)]
    part: Option<String>,
    access: Rule,
    /// From when on who may read it; left out: always.
    #[schemars(default)]
    openings: Vec<PublishedOpening>,
    words: u32,
    #[schemars(default)]
    published_at: String,
    page: PublishedObject,
    data: PublishedObject,
}

/// From when on who may read.
#[derive(JsonSchema)]
struct PublishedOpening {
    /// Milliseconds since 1970.
    from: u64,
    access: Rule,
}

/// An object's name.
#[derive(JsonSchema)]
struct PublishedObject {
    sha256: String,
    /// In bytes.
    size: u64,
}

/// A chapter with its text.
#[derive(JsonSchema)]
pub(super) struct ChapterText {
    id: String,
    number: u32,
    title: String,
    access: Rule,
    #[schemars(default)]
    openings: Vec<PublishedOpening>,
    words: u32,
    book: BookName,
    /// The number of the chapter before.
    previous: Option<u32>,
    /// The number of the chapter after.
    next: Option<u32>,
    html: String,
}

/// The book of a chapter.
#[derive(JsonSchema)]
struct BookName {
    id: String,
    slug: String,
    title: String,
}

/// Who the token says one is.
#[derive(JsonSchema)]
pub(super) struct Session {
    authenticated: bool,
    #[schemars(default)]
    user: Option<SessionUser>,
}

/// As the token was made: at most ten minutes ago.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct SessionUser {
    id: String,
    email_verified: bool,
    roles: Vec<String>,
    entitlements: Vec<String>,
}
