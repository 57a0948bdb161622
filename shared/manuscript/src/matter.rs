//! What each document of an EPUB is in its book: as it says itself (`epub:type`, `role`), as its landmarks or its guide
//! say, and where nothing is said, as its title does.

use std::collections::HashMap;

use aw_model::{
    Matter,
    matter::{ROLES, Role, role},
};
use roxmltree::{Document, Node};

use crate::links::relative;

/// What is said of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Said {
    pub(crate) matter: Option<Matter>,
    pub(crate) role: Option<&'static Role>,
}

/// How far below the body a document says what it is.
const DEEP: usize = 4;
/// How many elements of one are looked at.
const LOOKED: usize = 12;

impl Said {
    /// A word of EPUB's vocabulary, OPF 2.0.1's or DPUB-ARIA's.
    fn add(&mut self, word: &str) {
        let word = word.trim().to_ascii_lowercase();
        match word.as_str() {
            "frontmatter" => self.matter = self.matter.or(Some(Matter::Front)),
            "backmatter" => self.matter = self.matter.or(Some(Matter::Back)),
            "bodymatter" | "text" | "chapter" | "part" | "doc-chapter" | "doc-part" => {
                self.matter = self.matter.or(Some(Matter::Body));
            }
            word => self.role = self.role.or_else(|| named(word)),
        }
    }

    fn or(self, other: Self) -> Self {
        Self { matter: self.matter.or(other.matter), role: self.role.or(other.role) }
    }
}

/// The role of a word in one of the vocabularies.
fn named(word: &str) -> Option<&'static Role> {
    let word = match word {
        "title-page" => "titlepage",
        "imprint" => "copyright-page",
        "acknowledgements" => "acknowledgments",
        "rearnotes" | "footnotes" | "notes" => "endnotes",
        word => word,
    };
    role(word).or_else(|| ROLES.iter().find(|role| role.aria == Some(word)))
}

/// What a document says of itself. One that is not XML says nothing.
pub(crate) fn of_page(html: &str) -> Said {
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 200_000, ..Default::default() };
    let Ok(document) = Document::parse_with_options(html, options) else { return Said::default() };
    let mut said = Said::default();
    let Some(mut at) = document.descendants().find(|n| n.tag_name().name() == "body") else { return said };
    note(at, &mut said);
    for _ in 0..DEEP {
        // What stands deeper is a part of the document, unless it is all of it.
        let children: Vec<Node<'_, '_>> = at.children().filter(Node::is_element).take(LOOKED).collect();
        let (sections, others): (Vec<_>, Vec<_>) =
            children.iter().partition(|n| matches!(n.tag_name().name(), "section" | "div" | "article"));
        let heading = |n: &&Node<'_, '_>| {
            matches!(n.tag_name().name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "span")
        };
        let ([first], true, None) = (sections.as_slice(), others.iter().all(heading), said.role) else { break };
        note(**first, &mut said);
        at = **first;
    }
    said
}

fn note(node: Node<'_, '_>, said: &mut Said) {
    let words = node.attributes().filter(|a| matches!(a.name(), "type" | "role"));
    words.flat_map(|a| a.value().split_whitespace()).for_each(|word| said.add(word));
}

/// What landmarks (EPUB 3) say of files.
pub(crate) fn landmarks(path: &str, xml: &str) -> HashMap<String, Said> {
    let mut all: HashMap<String, Said> = HashMap::new();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let Ok(document) = Document::parse_with_options(xml, options) else { return all };
    let kind = |n: &Node<'_, '_>| n.attributes().find(|a| a.name() == "type").map(|a| a.value().to_owned());
    let nav = |n: &Node<'_, '_>| n.tag_name().name() == "nav" && kind(n).as_deref() == Some("landmarks");
    for link in document.descendants().filter(nav).flat_map(|n| n.descendants()) {
        if let (Some((file, _)), Some(words)) = (link.attribute("href").and_then(|r| relative(path, r)), kind(&link)) {
            words.split_whitespace().for_each(|word| all.entry(file.clone()).or_default().add(word));
        }
    }
    all
}

/// What the guide (OPF 2.0.1, section 2.6) says of files.
pub(crate) fn guide(path: &str, package: &Document<'_>) -> HashMap<String, Said> {
    let mut all: HashMap<String, Said> = HashMap::new();
    for reference in package.descendants().filter(|n| n.tag_name().name() == "reference") {
        let word = reference.attribute("type").unwrap_or_default();
        if let Some((file, _)) = reference.attribute("href").and_then(|r| relative(path, r)) {
            all.entry(file).or_default().add(word.trim_start_matches("other."));
        }
    }
    all
}

/// What a title says.
fn of_title(title: &str) -> Option<&'static Role> {
    const TITLES: [(&str, &[&str]); 16] = [
        ("titlepage", &["title page", "titelseite", "page de titre"]),
        ("copyright-page", &["copyright", "copyright page", "impressum", "imprint", "legal notice"]),
        ("dedication", &["dedication", "widmung", "dédicace", "dedicatoria", "dedica"]),
        ("epigraph", &["epigraph", "motto", "épigraphe", "epígrafe"]),
        ("toc", &["contents", "table of contents", "inhalt", "inhaltsverzeichnis", "table des matières", "índice"]),
        ("foreword", &["foreword", "geleitwort", "avant-propos"]),
        ("preface", &["preface", "author's note", "vorwort", "préface", "prefacio", "prefazione"]),
        ("introduction", &["introduction", "einleitung", "einführung", "introducción", "introduzione"]),
        ("prologue", &["prologue", "prolog", "prólogo", "prologo"]),
        ("epilogue", &["epilogue", "epilog", "épilogue", "epílogo", "epilogo"]),
        ("afterword", &["afterword", "nachwort", "postface", "postscript"]),
        ("acknowledgments", &["acknowledgments", "acknowledgements", "danksagung", "remerciements", "agradecimientos"]),
        ("appendix", &["appendix", "anhang", "annexe", "apéndice"]),
        ("endnotes", &["notes", "endnotes", "anmerkungen"]),
        ("bibliography", &["bibliography", "literaturverzeichnis", "bibliographie", "bibliografía"]),
        ("contributors", &["about the author", "about the authors", "über den autor", "über die autorin"]),
    ];
    const MORE: [(&str, &[&str]); 3] =
        [("glossary", &["glossary", "glossar", "glossaire"]), ("index", &["index"]), ("colophon", &["colophon"])];
    let title = title.trim().trim_end_matches(['.', ':']).replace('\u{2019}', "'").to_lowercase();
    let is = |word: &str| {
        let rest = title.strip_prefix(word);
        // As in: Appendix B, Preface to the second edition.
        rest.is_some_and(|rest| {
            rest.is_empty()
                || (matches!(word, "appendix" | "anhang" | "preface" | "introduction") && rest.starts_with([' ', ':']))
        })
    };
    let found = TITLES.iter().chain(&MORE).find(|(_, words)| words.iter().any(|word| is(word)));
    found.and_then(|(name, _)| role(name))
}

/// What each of a book's documents is: by its title and what is said of it, in the order in which they are read. What is
/// before the body stands at the book's beginning and what is after it at its end, whatever is said.
pub(crate) fn settle(chapters: &[(&str, Said, Said)]) -> Vec<Said> {
    let mut all: Vec<Said> = chapters
        .iter()
        .map(|(title, own, elsewhere)| {
            let said = own.or(*elsewhere);
            // Who says that it is a chapter is one, whatever its title.
            let plain = said.matter == Some(Matter::Body) && said.role.is_none();
            Said { role: said.role.or_else(|| of_title(title).filter(|_| !plain)), ..said }
        })
        .collect();
    // Where it is said that the body begins, what is before it is not of it.
    let begins = chapters.iter().position(|(_, _, elsewhere)| elsewhere.matter == Some(Matter::Body)).unwrap_or(0);
    let usual = |said: &Said, matter: Matter| match said.matter {
        Some(matter_said) => matter_said == matter,
        None => said.role.is_some_and(|role| role.usual.is_none_or(|usual| usual == matter)),
    };
    let front = |(n, said): &(usize, &Said)| {
        usual(said, Matter::Front) || (*n < begins && matches!(said.matter, None | Some(Matter::Front)))
    };
    let first = all.iter().enumerate().take_while(front).count();
    let last = all.iter().rposition(|said| !usual(said, Matter::Back)).map_or(0, |n| n + 1);
    // A book that would be nothing but these is a book of them.
    let whole = first >= last;
    for (n, said) in all.iter_mut().enumerate() {
        let matter = match n {
            _ if whole => Matter::Body,
            n if n < first => Matter::Front,
            n if n >= last => Matter::Back,
            _ => Matter::Body,
        };
        said.matter = Some(matter);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chapters: &[(&str, &str)]) -> Vec<(Matter, &'static str)> {
        let said = |page: &str| of_page(&format!("<html xmlns:epub='e'><body{page}</body></html>"));
        let all: Vec<_> = chapters.iter().map(|(title, page)| (*title, said(page), Said::default())).collect();
        let name = |said: Said| (said.matter.unwrap(), said.role.map_or("", |role| role.name));
        settle(&all).into_iter().map(name).collect()
    }

    #[test]
    fn documents_say_what_they_are() {
        use Matter::{Back, Body, Front};
        let found = of(&[
            ("For Ann", " epub:type='frontmatter'><section epub:type='dedication'><p>x</p></section>"),
            ("A word", "><section epub:type='preface' role='doc-preface'><h1>A word</h1></section>"),
            ("Introduction", " epub:type='bodymatter'><section epub:type='chapter'>x</section>"),
            ("Two", "><div><p>x</p><section epub:type='epigraph'>y</section></div>"),
            ("Thanks", "><section role='doc-acknowledgments'>x</section>"),
            ("Sources", " epub:type='backmatter'><p>x</p>"),
        ]);
        let expected =
            [(Front, "dedication"), (Front, "preface"), (Body, ""), (Body, ""), (Back, "acknowledgments"), (Back, "")];
        assert_eq!(found, expected);
    }

    #[test]
    fn titles_say_it_where_nothing_else_does() {
        use Matter::{Back, Body, Front};
        let titles = [
            "Dedication",
            "PREFACE.",
            "Prologue",
            "I",
            "Preface to a Life",
            "II",
            "Epilogue",
            "Appendix A",
            "Über die Autorin",
        ];
        let found = of(&titles.map(|title| (title, "><p>x</p>")));
        let expected = [
            (Front, "dedication"),
            (Front, "preface"),
            (Body, "prologue"),
            (Body, ""),
            (Body, "preface"),
            (Body, ""),
            (Body, "epilogue"),
            (Back, "appendix"),
            (Back, "contributors"),
        ];
        assert_eq!(found, expected);
        assert_eq!(of(&[("Introduction", "><p>x</p>")]), [(Body, "introduction")], "a book has a body");
    }

    #[test]
    fn landmarks_and_guides_say_where_the_text_begins() {
        let nav = "<html xmlns:epub='e'><nav epub:type='landmarks'><ol><li><a epub:type='bodymatter' href='c2.xhtml#a'>x</a>\
            </li><li><a epub:type='dedication' href='c1.xhtml'>x</a></li></ol></nav></html>";
        let marks = landmarks("O/nav.xhtml", nav);
        assert_eq!(marks["O/c2.xhtml"].matter, Some(Matter::Body));
        assert_eq!(marks["O/c1.xhtml"].role.unwrap().name, "dedication");
        let opf = "<package><guide><reference type='text' href='c2.xhtml'/><reference type='title-page' href='t.xhtml'/>\
            <reference type='other.afterword' href='z.xhtml'/></guide></package>";
        let guide = guide("O/p.opf", &Document::parse(opf).unwrap());
        assert_eq!(guide["O/t.xhtml"].role.unwrap().name, "titlepage");
        assert_eq!(guide["O/z.xhtml"].role.unwrap().name, "afterword");
        let none = Said::default();
        let all = settle(&[("x", none, none), ("One", none, guide["O/c2.xhtml"]), ("Two", none, none)]);
        assert_eq!(
            all.iter().map(|s| s.matter.unwrap()).collect::<Vec<_>>(),
            [Matter::Front, Matter::Body, Matter::Body]
        );
    }
}
