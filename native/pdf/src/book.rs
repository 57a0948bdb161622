//! The book, out of its EPUB. It is one that AuthorWorks wrote (`shared/epub`): its files are where that puts them.

use std::io::{Cursor, Read};

use roxmltree::{Document, ParsingOptions};
use zip::ZipArchive;

use crate::pictures::{self, Pictures};

/// The largest file in the archive once it is unpacked, and all of them together, in bytes.
const LARGEST: u64 = 64 << 20;
const TOTAL: u64 = 256 << 20;

/// A book to be typeset.
#[derive(Debug, Default)]
pub struct Book {
    /// The title.
    pub title: String,
    /// Who made it, as its title page says it.
    pub by: Vec<String>,
    /// The authors' names.
    pub authors: Vec<String>,
    /// BCP 47.
    pub language: String,
    /// The publisher's name; may be empty.
    pub publisher: String,
    /// The lines of the page of copyright.
    pub copyright: Vec<String>,
    /// In their order.
    pub chapters: Vec<Chapter>,
    /// The cover's name in `pictures`.
    pub cover: Option<String>,
    /// By the name that chapters have for them.
    pub pictures: Pictures,
    /// What could not be had.
    pub notes: Vec<String>,
}

/// Where in the book a chapter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matter {
    /// Before the body.
    Front,
    /// The book itself.
    #[default]
    Body,
    /// After it.
    Back,
}

/// A chapter.
#[derive(Debug, Default)]
pub struct Chapter {
    /// Where it is.
    pub matter: Matter,
    /// What it is: a word of the EPUB Structural Semantics Vocabulary.
    pub role: String,
    /// The XHTML document.
    pub page: String,
}

const OPS: &str = "http://www.idpf.org/2007/ops";

/// A chapter, of a page that says what it is.
fn chapter(page: String) -> Result<Chapter, String> {
    let document = xml(&page)?;
    let said = |name: &str| {
        let node = document.descendants().find(|n| n.tag_name().name() == name);
        node.and_then(|n| n.attribute((OPS, "type"))).unwrap_or_default().to_owned()
    };
    let matter = match said("body").as_str() {
        "frontmatter" => Matter::Front,
        "backmatter" => Matter::Back,
        _ => Matter::Body,
    };
    let role = said("section");
    Ok(Chapter { matter, role, page })
}

/// Reads the EPUB.
///
/// # Errors
/// It is none, or not one of ours.
pub fn read(bytes: &[u8]) -> Result<Book, String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("the EPUB is no ZIP archive: {e}"))?;
    let mut left = TOTAL;
    let mut file = |name: &str| -> Result<Vec<u8>, String> {
        let entry = zip.by_name(&format!("EPUB/{name}")).map_err(|e| format!("the EPUB's {name}: {e}"))?;
        let most = LARGEST.min(left);
        let mut out = Vec::new();
        entry.take(most + 1).read_to_end(&mut out).map_err(|e| format!("the EPUB's {name}: {e}"))?;
        left =
            left.checked_sub(out.len() as u64).filter(|_| out.len() as u64 <= most).ok_or("the EPUB is too large")?;
        Ok(out)
    };
    let text =
        |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| "the EPUB has a file that is not UTF-8".to_owned());
    let package = text(file("package.opf")?)?;
    let document = xml(&package)?;
    let mut book = Book::default();
    let dc = |name: &str| -> Vec<String> {
        let all = document.descendants().filter(|n| {
            n.tag_name().name() == name && n.tag_name().namespace() == Some("http://purl.org/dc/elements/1.1/")
        });
        all.map(|n| n.text().unwrap_or_default().trim().to_owned()).filter(|t| !t.is_empty()).collect()
    };
    let first = |name: &str| dc(name).into_iter().next().unwrap_or_default();
    (book.title, book.language, book.publisher) = (first("title"), first("language"), first("publisher"));
    book.authors = dc("creator");
    book.by = paragraphs(&text(file("title.xhtml")?)?)?;
    // The publisher has its own place.
    if !book.publisher.is_empty() && book.by.last() == Some(&book.publisher) {
        book.by.pop();
    }
    book.copyright = paragraphs(&text(file("copyright.xhtml")?)?)?;
    let items = document.descendants().filter(|n| n.tag_name().name() == "item");
    let cover = items.clone().find(|n| n.attribute("properties") == Some("cover-image"));
    let cover = cover.and_then(|n| n.attribute("href")).map(str::to_owned);
    let items: Vec<(&str, &str, &str)> =
        items.filter_map(|n| Some((n.attribute("id")?, n.attribute("href")?, n.attribute("media-type")?))).collect();
    for reference in document.descendants().filter(|n| n.tag_name().name() == "itemref") {
        let id = reference.attribute("idref").unwrap_or_default();
        if let Some((_, href, _)) = items.iter().find(|(item, ..)| *item == id && id.starts_with("chapter-")) {
            book.chapters.push(chapter(text(file(href)?)?)?);
        }
    }
    for (_, href, _) in items.iter().filter(|(_, _, kind)| kind.starts_with("image/")) {
        match pictures::decode(file(href)?) {
            Ok(picture) => drop(book.pictures.insert((*href).to_owned(), picture)),
            Err(why) => book.notes.push(format!("{href} is left out: {why}")),
        }
    }
    book.cover = cover.filter(|href| book.pictures.contains_key(href));
    if book.chapters.is_empty() {
        return Err("the EPUB has no chapters of AuthorWorks'".to_owned());
    }
    Ok(book)
}

/// Parses a document that we wrote.
///
/// # Errors
/// It is not XML.
pub fn xml(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|e| format!("the EPUB has a file that is not XML: {e}"))
}

fn paragraphs(page: &str) -> Result<Vec<String>, String> {
    let document = xml(page)?;
    let all = document.descendants().filter(|n| n.tag_name().name() == "p");
    Ok(all.map(|p| p.descendants().filter_map(|n| n.is_text().then(|| n.text()).flatten()).collect()).collect())
}
