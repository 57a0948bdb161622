//! Reads a book as its author has it (EPUB, a folder of Markdown, HTML) into chapters and pictures.
//!
//! The whole file is read before anything is returned, so that a broken one is refused and leaves nothing behind.
//! Chapters come out as sanitised HTML in which pictures are `asset:N` and links to other chapters `chapter:N#part`;
//! [`resolve`] gives them their addresses.
//!
//! ```
//! use aw_manuscript::{Kind, read};
//! let book = read(Kind::Markdown, "whale.md", b"# Loomings\n\nCall me *Ishmael*.<script>x</script>\n").unwrap();
//! assert_eq!(book.chapters[0].title, "Loomings");
//! assert_eq!(book.chapters[0].html.trim(), "<p>Call me <em>Ishmael</em>.</p>");
//! ```

mod archive;
pub mod document;
mod epub;
mod folder;
mod headings;
mod html;
mod kind;
mod links;
mod markdown;
mod matter;
mod navigation;
mod sanitise;
mod sniff;

use aw_model::{Matter, matter::Role};
pub use document::Document;
pub use kind::Kind;
pub use links::{resolve, resolve_ids};
pub use sanitise::Targets;
pub use sniff::media_type as picture_type;

/// A book as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manuscript {
    /// Never empty.
    pub title: String,
    /// In their order; may be empty.
    pub authors: Vec<String>,
    /// BCP 47; `en` where the file does not say.
    pub language: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Subjects; may be empty.
    pub tags: Vec<String>,
    /// The index in `assets` of its cover.
    pub cover: Option<usize>,
    /// At least one.
    pub chapters: Vec<ManuscriptChapter>,
    /// The pictures that chapters show, and the cover.
    pub assets: Vec<ManuscriptAsset>,
}

/// A chapter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManuscriptChapter {
    /// Plain text, never empty.
    pub title: String,
    /// Sanitised.
    pub html: String,
    /// How many words it has.
    pub words: u32,
    /// Where in the book it is.
    pub matter: Matter,
    /// What it is besides, where it is more than a chapter.
    pub role: Option<&'static Role>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ManuscriptAsset {
    /// Its name in the file.
    pub name: String,
    /// As its bytes say, never as the file says: `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a book cannot be read: where in it, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManuscriptError {
    /// The file that was given, and the part of it (`book.epub: OEBPS/content.opf`).
    pub place: String,
    /// What is wrong, as a sentence without its stop.
    pub reason: String,
}

impl ManuscriptError {
    pub(crate) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

impl std::fmt::Display for ManuscriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for ManuscriptError {}

/// Most chapters of a book.
pub const MAX_CHAPTERS: usize = 2_000;
/// Longest chapter, in bytes of sanitised HTML.
pub const MAX_CHAPTER: usize = 4 * 1024 * 1024;

/// Reads the book in `bytes`. `name` is the file's name, for errors and as the title of last resort.
///
/// # Errors
/// The file is broken, protected, or over a limit.
pub fn read(kind: Kind, name: &str, bytes: &[u8]) -> Result<Manuscript, ManuscriptError> {
    let mut book = match kind {
        Kind::Epub => epub::read(name, bytes)?,
        Kind::Folder => folder::read(name, bytes)?,
        Kind::Markdown => html::read(name, &markdown::to_html(text(name, bytes)?))?,
        Kind::Html => html::read(name, text(name, bytes)?)?,
    };
    if book.chapters.is_empty() {
        return Err(ManuscriptError::new(name, "it has no chapter with text"));
    }
    if book.chapters.len() > MAX_CHAPTERS {
        return Err(ManuscriptError::new(name, format!("it has more than {MAX_CHAPTERS} chapters")));
    }
    // A chapter that was cut out at its headings may hold half of an element: it must not end what is around it.
    let (chapters, assets) = (book.chapters.len(), book.assets.len());
    for chapter in &mut book.chapters {
        (chapter.html, chapter.words) = sanitise_chapter(&chapter.html, chapters, assets);
    }
    if let Some(long) = book.chapters.iter().find(|c| c.html.len() > MAX_CHAPTER) {
        return Err(ManuscriptError::new(name, format!("chapter «{}» is longer than {MAX_CHAPTER} bytes", long.title)));
    }
    if book.title.trim().is_empty() {
        book.title = stem(name);
    }
    if book.language.is_empty() {
        book.language = "en".into();
    }
    Ok(book)
}

/// A chapter that an author has edited: its HTML, sanitised again, and how many words it has. Of placeholders those
/// stay that name one of the book's `chapters` and `assets`. What was sanitised before stays as it is.
///
/// ```
/// let html = r#"<p id="t-a">One <img src="asset:0" alt=""> <a href="chapter:9">two</a><script>x</script></p>"#;
/// let (html, words) = aw_manuscript::sanitise_chapter(html, 3, 1);
/// assert_eq!(html, r#"<p id="t-a">One <img src="asset:0" alt=""> <a rel="noopener noreferrer">two</a></p>"#);
/// assert_eq!(words, 2);
/// ```
pub fn sanitise_chapter(html: &str, chapters: usize, assets: usize) -> (String, u32) {
    let html = sanitise::clean_again(html, chapters, assets);
    let words = headings::words(&html);
    (html, words)
}

/// The document of a chapter's HTML that an author wrote, sanitised. Links to other chapters by their number
/// (`chapter:N`, from 0) name them by their id from now on. This is the way of every text into the store.
///
/// ```
/// use aw_manuscript::{Targets, compose};
/// let targets = Targets { chapters: vec!["c1".into(), "c2".into()], assets: 1 };
/// let html = r#"<p>One <a href="chapter:1#x">two</a> <a href="chapter:7">x</a><script>x</script></p>"#;
/// let document = compose(html, &targets);
/// let rel = "rel=\"noopener noreferrer\"";
/// assert_eq!(document.html(), format!(r#"<p>One <a href="chapter:c2#t-x" {rel}>two</a> <a {rel}>x</a></p>"#));
/// assert_eq!(compose(&document.html(), &targets), document);
/// ```
pub fn compose(html: &str, targets: &Targets) -> Document {
    let clean = sanitise::cleaner(targets);
    let mut html = clean(html);
    let mut document = Document::from_html(&html);
    // What a parser makes of broken nesting (a link in a table in a link) may be read in another way once more. It
    // comes to rest soon, since each reading closes what the one before left open.
    for _ in 0..RESTS {
        let cleaned = clean(&document.html());
        // Of the same text it is the same document.
        if cleaned == html {
            break;
        }
        let again = Document::from_html(&cleaned);
        if again == document {
            break;
        }
        (html, document) = (cleaned, again);
    }
    document
}

/// How often a text is read again until it stays as it is.
const RESTS: u32 = 4;

fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, ManuscriptError> {
    std::str::from_utf8(bytes)
        .map(|s| s.trim_start_matches('\u{feff}'))
        .map_err(|e| ManuscriptError::new(name, format!("it is not UTF-8 text (byte {})", e.valid_up_to())))
}

/// A file's name without folder and extension.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(s, _)| s).trim();
    if stem.is_empty() { "Untitled".into() } else { stem.into() }
}
