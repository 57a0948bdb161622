//! The archive.

use std::{
    collections::{BTreeSet, HashSet},
    io::{Cursor, Write},
};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    Book, EpubError,
    conform::{self, Place},
    dom, language, links,
    navigation::{self, NAV},
    node::{Element, Node, el},
    package::{Accessibility, File, package},
    pages,
    picture::Album,
    xml,
};

const FOLDER: &str = "EPUB";
const HTML: &str = "application/xhtml+xml";

/// The book as an EPUB of at most `most` bytes. A picture that is missing or broken is told by its description.
///
/// # Errors
/// [`EpubError::TooLarge`].
pub fn write(book: &Book, most: usize) -> Result<Vec<u8>, EpubError> {
    // All chapters' trees are in memory at once, several times as large as their text.
    if book.chapters.iter().map(|chapter| chapter.html.len()).sum::<usize>() > most.saturating_mul(2) {
        return Err(EpubError::TooLarge);
    }
    let language = language::well_formed(&book.language).unwrap_or("und");
    // A title that is blank makes the package invalid.
    let titled;
    let book = if book.title.trim().is_empty() {
        titled = Book { title: "Untitled".into(), ..book.clone() };
        &titled
    } else {
        book
    };
    let album = Album::of(&book.pictures);
    let made = chapters(book, &album);
    let cover = book.cover.filter(|n| album.get(*n).is_some());
    let mut files = vec![
        file("ncx", "toc.ncx", "application/x-dtbncx+xml", "", false),
        file("style", pages::STYLE, "text/css", "", false),
    ];
    for (name, _) in navigation::front(cover.is_some()) {
        files.push(file(name.trim_end_matches(".xhtml"), name, HTML, "", true));
    }
    files.push(file("nav", NAV, HTML, "nav", true));
    let mut archive = Archive::new(most)?;
    archive.add("META-INF/container.xml", &document(&container(), false)?)?;
    let mut shown: BTreeSet<usize> = made.iter().flat_map(|chapter| chapter.shown.iter().copied()).collect();
    let accessible = Accessibility {
        pictures: !shown.is_empty(),
        described: made.iter().all(|chapter| chapter.described),
        math: made.iter().any(|chapter| chapter.math),
    };
    shown.extend(cover);
    for (n, chapter) in made.iter().enumerate() {
        let properties = if chapter.math { "mathml" } else { "" };
        files.push(file(&format!("chapter-{}", n + 1), &links::chapter_file(n), HTML, properties, true));
    }
    for n in &shown {
        let Some(picture) = album.get(*n) else { continue };
        let properties = if cover == Some(*n) { "cover-image" } else { "" };
        files.push(file(&format!("picture-{}", n + 1), &picture.file, picture.media_type, properties, false));
    }
    archive.page("package.opf", &package(book, language, &files, accessible), false)?;
    archive.page(NAV, &navigation::nav(book, language, cover.is_some()), true)?;
    archive.page("toc.ncx", &navigation::ncx(book, language, cover.is_some()), false)?;
    archive.add(&format!("{FOLDER}/{}", pages::STYLE), include_bytes!("style.css"))?;
    if let Some(picture) = cover.and_then(|n| album.get(n)) {
        archive.page("cover.xhtml", &pages::cover(book, language, &picture.file), true)?;
    }
    archive.page("title.xhtml", &pages::title(book, language), true)?;
    archive.page("copyright.xhtml", &pages::copyright(book, language), true)?;
    for (n, chapter) in made.into_iter().enumerate() {
        let (from, title) = (&book.chapters[n], navigation::label(book, n));
        archive.page(&links::chapter_file(n), &pages::chapter(language, from, &title, n, chapter.body), true)?;
    }
    for picture in shown.iter().filter_map(|n| album.get(*n)) {
        archive.stored(&format!("{FOLDER}/{}", picture.file), picture.bytes)?;
    }
    archive.finish()
}

/// What was made of a chapter.
struct Made {
    body: Vec<Node>,
    shown: Vec<usize>,
    math: bool,
    described: bool,
}

fn chapters(book: &Book, album: &Album<'_>) -> Vec<Made> {
    let count = book.chapters.len();
    let mut places: Vec<HashSet<String>> = Vec::with_capacity(count);
    let mut made = Vec::with_capacity(count);
    for (index, chapter) in book.chapters.iter().enumerate() {
        // The title's id is taken.
        let ids = HashSet::from([format!("chapter-{}-title", index + 1)]);
        let mut state =
            conform::Chapter { index, count, ids, pictures: album, shown: Vec::new(), math: false, described: true };
        let body = conform::flow(dom::parse(&chapter.html), Place::default(), &mut state);
        let mut there = HashSet::new();
        links::ids(&body, &mut there);
        places.push(there);
        made.push(Made { body, shown: state.shown, math: state.math, described: state.described });
    }
    for (n, chapter) in made.iter_mut().enumerate() {
        links::settle(&mut chapter.body, n, &places);
    }
    made
}

fn file(id: &str, name: &str, media_type: &'static str, properties: &'static str, spine: bool) -> File {
    File { id: id.to_owned(), name: name.to_owned(), media_type, properties, spine }
}

fn container() -> Element {
    let root = el("rootfile")
        .with("full-path", format!("{FOLDER}/package.opf"))
        .with("media-type", "application/oebps-package+xml");
    el("container")
        .with("version", "1.0")
        .with("xmlns", "urn:oasis:names:tc:opendocument:xmlns:container")
        .holding([el("rootfiles").holding([root])])
}

fn document(root: &Element, html: bool) -> Result<Vec<u8>, EpubError> {
    xml::document(root, html).map_err(|_| EpubError::Archive)
}

struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    /// Bytes that may still be written, uncompressed: what is too large is noticed before it is packed.
    left: usize,
    most: usize,
}

impl Archive {
    /// An archive that begins with its media type, unpacked (EPUB 3.3, section 4.2.6.3).
    fn new(most: usize) -> Result<Self, EpubError> {
        let mut this = Self { zip: ZipWriter::new(Cursor::new(Vec::new())), left: most.saturating_mul(8), most };
        this.stored("mimetype", b"application/epub+zip")?;
        Ok(this)
    }

    fn page(&mut self, name: &str, root: &Element, html: bool) -> Result<(), EpubError> {
        self.add(&format!("{FOLDER}/{name}"), &document(root, html)?)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), EpubError> {
        self.put(name, bytes, CompressionMethod::Deflated)
    }

    /// As it is: pictures are packed already.
    fn stored(&mut self, name: &str, bytes: &[u8]) -> Result<(), EpubError> {
        if bytes.len() > self.most {
            return Err(EpubError::TooLarge);
        }
        self.put(name, bytes, CompressionMethod::Stored)
    }

    fn put(&mut self, name: &str, bytes: &[u8], method: CompressionMethod) -> Result<(), EpubError> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(EpubError::TooLarge)?;
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options).map_err(|_| EpubError::Archive)?;
        self.zip.write_all(bytes).map_err(|_| EpubError::Archive)
    }

    fn finish(self) -> Result<Vec<u8>, EpubError> {
        let bytes = self.zip.finish().map_err(|_| EpubError::Archive)?.into_inner();
        if bytes.len() > self.most { Err(EpubError::TooLarge) } else { Ok(bytes) }
    }
}
