//! Tables of contents: for EPUB 3, and for readers of EPUB 2.

use aw_model::Matter;

use crate::{
    Book,
    links::chapter_file,
    node::{Element, el},
    pages::page,
};

/// The files before the first chapter, and what each is called.
pub(crate) fn front(cover: bool) -> Vec<(&'static str, &'static str)> {
    let front = [("cover.xhtml", "Cover"), ("title.xhtml", "Title page"), ("copyright.xhtml", "Copyright")];
    front.into_iter().skip(usize::from(!cover)).collect()
}

/// The file of the navigation document.
pub(crate) const NAV: &str = "nav.xhtml";

/// A chapter's title; a blank one is said by its number in the body, and apart from it by a mark.
pub(crate) fn label(book: &Book, index: usize) -> String {
    let chapter = &book.chapters[index];
    let visible = chapter.title.chars().any(|c| !c.is_whitespace() && !c.is_control());
    match (visible, chapter.matter.is_body()) {
        (true, _) => chapter.title.clone(),
        (false, true) => book.chapters[..=index].iter().filter(|c| c.matter.is_body()).count().to_string(),
        (false, false) => "*".to_owned(),
    }
}

/// The navigation document (EPUB 3.3, section 7).
pub(crate) fn nav(book: &Book, language: &str, cover: bool) -> Element {
    let item = |file: String, title: String| el("li").holding([el("a").with("href", file).text(title)]);
    let list = el("ol").holding((0..book.chapters.len()).map(|n| item(chapter_file(n), label(book, n))));
    let toc = el("nav")
        .with("epub:type", "toc")
        .with("role", "doc-toc")
        .with("id", "toc")
        .with("aria-labelledby", "toc-title")
        .holding([el("h1").with("id", "toc-title").with("lang", "en").with("xml:lang", "en").text("Contents"), list]);
    let mark = |kind: &'static str, file: &str, title: &'static str| {
        el("li").holding([el("a").with("epub:type", kind).with("href", file).text(title)])
    };
    let mut marks = Vec::new();
    if cover {
        marks.push(mark("cover", "cover.xhtml", "Cover"));
    }
    marks.push(mark("titlepage", "title.xhtml", "Title page"));
    marks.push(mark("copyright-page", "copyright.xhtml", "Copyright"));
    marks.push(mark("toc", &format!("{NAV}#toc"), "Contents"));
    for (matter, title) in
        [(Matter::Front, "Front matter"), (Matter::Body, "Start of the text"), (Matter::Back, "Back matter")]
    {
        if let Some(n) = book.chapters.iter().position(|chapter| chapter.matter == matter) {
            marks.push(mark(matter.epub_type(), &chapter_file(n), title));
        }
    }
    let landmarks = el("nav")
        .with("epub:type", "landmarks")
        .with("id", "landmarks")
        .with("hidden", "hidden")
        .with("lang", "en")
        .with("xml:lang", "en")
        .holding([el("h2").text("Landmarks"), el("ol").holding(marks)]);
    page(language, &book.title, [toc, landmarks])
}

/// The same for readers of EPUB 2 (OPF 2.0.1, section 2.4.1).
pub(crate) fn ncx(book: &Book, language: &str, cover: bool) -> Element {
    let meta = |name: &str, content: &str| el("meta").with("name", name).with("content", content);
    let text = |name, text: &str| el(name).holding([el("text").text(text)]);
    let front = front(cover).into_iter().map(|(file, title)| (file.to_owned(), title.to_owned()));
    let chapters = (0..book.chapters.len()).map(|n| (chapter_file(n), label(book, n)));
    let points = front.chain(chapters).enumerate().map(|(n, (file, title))| {
        el("navPoint")
            .with("id", format!("point-{}", n + 1))
            .with("playOrder", (n + 1).to_string())
            .holding([text("navLabel", &title), el("content").with("src", file)])
    });
    let head = el("head").holding([
        meta("dtb:uid", &book.id),
        meta("dtb:depth", "1"),
        meta("dtb:totalPageCount", "0"),
        meta("dtb:maxPageNumber", "0"),
    ]);
    el("ncx")
        .with("xmlns", "http://www.daisy.org/z3986/2005/ncx/")
        .with("version", "2005-1")
        .with("xml:lang", language)
        .holding([head, text("docTitle", &book.title), el("navMap").holding(points)])
}
