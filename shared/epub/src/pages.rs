//! The pages of a book.

use crate::{
    Book, Chapter,
    language::is_rtl,
    node::{Element, Node, el},
};

const XHTML: &str = "http://www.w3.org/1999/xhtml";
const OPS: &str = "http://www.idpf.org/2007/ops";
/// The stylesheet's file.
pub(crate) const STYLE: &str = "style.css";

/// A whole page.
pub(crate) fn page(language: &str, title: &str, main: impl IntoIterator<Item = impl Into<Node>>) -> Element {
    page_of(language, title, None, main)
}

/// A whole page of that part of the book.
fn page_of(
    language: &str,
    title: &str,
    part: Option<&'static str>,
    main: impl IntoIterator<Item = impl Into<Node>>,
) -> Element {
    // A page without a title is invalid, and no reader shows it.
    let title = if title.trim().is_empty() { "Untitled" } else { title };
    let html =
        el("html").with("xmlns", XHTML).with("xmlns:epub", OPS).with("lang", language).with("xml:lang", language);
    let html = if is_rtl(language) { html.with("dir", "rtl") } else { html };
    let head = el("head").holding([
        el("title").text(title),
        el("link").with("rel", "stylesheet").with("type", "text/css").with("href", STYLE),
    ]);
    let body = part.map_or_else(|| el("body"), |part| el("body").with("epub:type", part));
    html.holding([head, body.holding(main)])
}

/// The cover.
pub(crate) fn cover(book: &Book, language: &str, file: &str) -> Element {
    let img = el("img").with("src", file).with("alt", format!("Cover of {}", book.title)).with("role", "doc-cover");
    let section = el("section").with("epub:type", "cover").with("class", "cover").holding([img]);
    page(language, &book.title, [section])
}

/// The title, and who made the book.
pub(crate) fn title(book: &Book, language: &str) -> Element {
    let mut section = el("section")
        .with("epub:type", "titlepage")
        .with("class", "titlepage")
        .holding([el("h1").with("epub:type", "title").text(&book.title)]);
    if let Some((name, number)) = &book.series {
        section = section.holding([el("p").text(format!("{name} · {number}"))]);
    }
    for contributor in book.contributors.iter().filter(|c| !c.name.trim().is_empty()) {
        let said = match role_name(&contributor.role) {
            "" => contributor.name.clone(),
            role => format!("{role}: {}", contributor.name),
        };
        section = section.holding([el("p").text(said)]);
    }
    if !book.publisher.is_empty() {
        section = section.holding([el("p").text(&book.publisher)]);
    }
    page(language, &book.title, [section])
}

/// What one may do with the book, and which edition it is.
pub(crate) fn copyright(book: &Book, language: &str) -> Element {
    let mut section = el("section")
        .with("epub:type", "copyright-page")
        .with("class", "copyright")
        .with("lang", "en")
        .with("xml:lang", "en")
        .with("dir", "ltr");
    let title = el("i").with("lang", language).with("xml:lang", language).text(&book.title);
    section = section.holding([el("p").holding([title])]);
    let authors: Vec<&str> = book.contributors.iter().filter(|c| is_author(&c.role)).map(|c| c.name.as_str()).collect();
    let year = book.published.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()));
    let mut lines = Vec::new();
    if !book.rights.is_empty() {
        lines.extend(book.rights.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    } else if let (false, Some(year)) = (authors.is_empty(), year) {
        lines.push(format!("© {year} {}", authors.join(", ")));
    }
    match (book.publisher.as_str(), year) {
        ("", _) => {}
        (publisher, Some(year)) => lines.push(format!("Published by {publisher}, {year}")),
        (publisher, None) => lines.push(format!("Published by {publisher}")),
    }
    lines.push(format!("Edition of {}", book.modified.get(..10).unwrap_or(&book.modified)));
    lines.push(book.id.clone());
    section = section.holding(lines.into_iter().map(|line| el("p").text(line)));
    page(language, "Copyright", [section])
}

/// A chapter: its title and what was made of its text. What it is (EPUB 3 Structural Semantics Vocabulary 1.1,
/// DPUB-ARIA 1.1) stands at its section, where in the book it is at the body.
pub(crate) fn chapter(language: &str, from: &Chapter, title: &str, number: usize, body: Vec<Node>) -> Element {
    let id = format!("chapter-{}-title", number + 1);
    let (kind, aria) = match from.role {
        Some(role) => (Some(role.name), role.aria),
        None if from.matter.is_body() => (Some("chapter"), Some("doc-chapter")),
        None => (None, None),
    };
    let mut section = el("section");
    if let Some(kind) = kind {
        section = section.with("epub:type", kind);
    }
    if let Some(aria) = aria {
        section = section.with("role", aria);
    }
    let section =
        section.with("aria-labelledby", id.clone()).holding([el("h1").with("id", id).text(title)]).holding(body);
    page_of(language, title, Some(from.matter.epub_type()), [section])
}

/// Whether a role is an author's.
pub(crate) fn is_author(role: &str) -> bool {
    matches!(role, "" | "aut")
}

fn role_name(role: &str) -> &'static str {
    match role {
        "edt" => "Edited by",
        "ill" => "Illustrated by",
        "trl" => "Translated by",
        "aui" => "With an introduction by",
        "aft" => "With an afterword by",
        "pht" => "Photographs by",
        "cov" => "Cover by",
        _ => "",
    }
}
