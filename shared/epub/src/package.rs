//! The package document (EPUB 3.3, section 5): what the book is, its files, their order.

use crate::{
    Book,
    language::is_rtl,
    node::{Element, el},
    pages::is_author,
};

/// A file of the book.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) properties: &'static str,
    /// Whether it is read in its turn.
    pub(crate) spine: bool,
}

/// What is said of the book's accessibility.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Accessibility {
    /// It shows pictures, its cover not counted.
    pub(crate) pictures: bool,
    /// Each of them says in words what it shows.
    pub(crate) described: bool,
    pub(crate) math: bool,
}

/// The document.
pub(crate) fn package(book: &Book, language: &str, files: &[File], accessible: Accessibility) -> Element {
    let manifest = files.iter().map(|file| {
        let item = el("item").with("id", &file.id).with("href", &file.name).with("media-type", file.media_type);
        if file.properties.is_empty() { item } else { item.with("properties", file.properties) }
    });
    let refs = files.iter().filter(|file| file.spine).map(|file| el("itemref").with("idref", &file.id));
    let spine = el("spine").with("toc", "ncx");
    let spine = if is_rtl(language) { spine.with("page-progression-direction", "rtl") } else { spine };
    el("package")
        .with("xmlns", "http://www.idpf.org/2007/opf")
        .with("version", "3.0")
        .with("unique-identifier", "id")
        .with("xml:lang", language)
        .holding([metadata(book, language, files, accessible), el("manifest").holding(manifest), spine.holding(refs)])
}

fn metadata(book: &Book, language: &str, files: &[File], accessible: Accessibility) -> Element {
    let mut all = vec![
        el("dc:identifier").with("id", "id").text(&book.id),
        el("dc:title").with("id", "main-title").text(&book.title),
        refine("#main-title", "title-type", "main"),
        el("dc:language").text(language),
    ];
    for (n, contributor) in (1..).zip(book.contributors.iter().filter(|c| !c.name.trim().is_empty())) {
        let id = format!("contributor-{n}");
        let name = if is_author(&contributor.role) { "dc:creator" } else { "dc:contributor" };
        let role = if contributor.role.is_empty() { "aut" } else { &contributor.role };
        all.push(el(name).with("id", &id).text(&contributor.name));
        all.push(refine(&format!("#{id}"), "role", role).with("scheme", "marc:relators"));
        all.push(refine(&format!("#{id}"), "display-seq", &n.to_string()));
    }
    let mut said = |name, text: &str| {
        if !text.trim().is_empty() {
            all.push(el(name).text(text));
        }
    };
    said("dc:publisher", &book.publisher);
    said("dc:description", &book.description);
    said("dc:rights", &book.rights);
    said("dc:date", &book.published);
    book.tags.iter().for_each(|tag| said("dc:subject", tag));
    if let Some((name, number)) = book.series.as_ref().filter(|(name, _)| !name.trim().is_empty()) {
        all.push(meta("belongs-to-collection", name).with("id", "series"));
        all.push(refine("#series", "collection-type", "series"));
        all.push(refine("#series", "group-position", &number.to_string()));
    }
    // To the second, as EPUB 3.3 has it (5.5.6).
    let modified = book.modified.get(..19).unwrap_or("1970-01-01T00:00:00");
    all.push(meta("dcterms:modified", &format!("{modified}Z")));
    all.extend(accessibility(accessible));
    if let Some(cover) = files.iter().find(|file| file.properties == "cover-image") {
        all.push(el("meta").with("name", "cover").with("content", &cover.id));
    }
    el("metadata").with("xmlns:dc", "http://purl.org/dc/elements/1.1/").holding(all)
}

/// What EPUB Accessibility 1.1 (section 3) asks for, and no more than we know.
fn accessibility(this: Accessibility) -> Vec<Element> {
    let mut all = vec![meta("schema:accessMode", "textual")];
    let text_is_enough = !this.pictures || this.described;
    if this.pictures {
        all.push(meta("schema:accessMode", "visual"));
    }
    all.push(meta("schema:accessModeSufficient", if text_is_enough { "textual" } else { "textual,visual" }));
    let mut feature = |name| all.push(meta("schema:accessibilityFeature", name));
    for name in ["displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents"] {
        feature(name);
    }
    if this.pictures && this.described {
        feature("alternativeText");
    }
    if this.math {
        feature("MathML");
    }
    all.push(meta("schema:accessibilityHazard", "unknown"));
    let pictures = match (this.pictures, this.described) {
        (false, _) => "It has no pictures but its cover.",
        (true, true) => "Its pictures are described.",
        (true, false) => "Some of its pictures are not described.",
    };
    let summary = format!("A book of text with a table of contents and headings to navigate by. {pictures}");
    all.push(meta("schema:accessibilitySummary", &summary));
    all
}

fn meta(property: &str, value: &str) -> Element {
    el("meta").with("property", property).text(value)
}

fn refine(what: &str, property: &str, value: &str) -> Element {
    el("meta").with("refines", what).with("property", property).text(value)
}
