//! From any tree to one that XHTML allows (HTML Living Standard, content models): what may not be where it is gets
//! another place or another name, and no text is lost.

mod blocks;
mod inline;
mod lists;
mod spread;
mod tables;

use std::collections::HashSet;

use crate::node::{Element, Node, el};

pub(crate) use blocks::flow;

/// What is known while a chapter is made to conform.
#[derive(Debug)]
pub(crate) struct Chapter<'a> {
    /// Its index, and how many there are.
    pub(crate) index: usize,
    pub(crate) count: usize,
    /// The ids that it has so far.
    pub(crate) ids: HashSet<String>,
    /// The file of each picture that can be shown, by its number.
    pub(crate) pictures: &'a dyn Pictures,
    /// The numbers of those that are shown.
    pub(crate) shown: Vec<usize>,
    /// Whether it has a formula.
    pub(crate) math: bool,
    /// Whether every picture so far says in words what it shows.
    pub(crate) described: bool,
}

/// The pictures of a book.
pub(crate) trait Pictures: std::fmt::Debug {
    /// The file of the picture of that number, where it can be shown.
    fn file(&self, number: usize) -> Option<String>;
}

/// Where in a chapter something is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// In a link, which can have no other in it.
    link: bool,
    /// In a definition's term, a table's head cell: no headings or sections.
    plain: bool,
    /// In a header or footer: no other.
    header: bool,
    /// In a table's caption: no table.
    caption: bool,
    /// In a `dfn`: no other.
    term: bool,
    /// How many inline elements were spread over blocks around here.
    spread: u8,
}

/// What an element is called from now on, where it is one that is text's own.
fn inline_name(name: &str) -> Option<&'static str> {
    const SAME: [&str; 24] = [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
        "samp", "small", "span", "strong", "sub", "sup", "u", "var",
    ];
    match name {
        "acronym" => Some("abbr"),
        "strike" => Some("s"),
        "tt" => Some("code"),
        // Their values are not kept, and without them they say nothing.
        "time" | "data" | "font" | "big" => Some("span"),
        _ => SAME.into_iter().find(|same| *same == name),
    }
}

/// Whether an element stands for itself and not in a line of text.
fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 36] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tr",
        "ul",
    ];
    BLOCKS.contains(&name) || matches!(name, "thead" | "tfoot" | "th")
}

/// A picture, or what is said of one that is not there.
fn picture(from: &Element, chapter: &mut Chapter<'_>) -> Option<Node> {
    let alt = from.attribute("alt").unwrap_or_default().trim().to_owned();
    let number = from.attribute("src").and_then(|src| src.strip_prefix("asset:")).and_then(|n| n.parse().ok());
    let Some((number, file)) = number.and_then(|n: usize| Some((n, chapter.pictures.file(n)?))) else {
        return (!alt.is_empty()).then(|| el("span").with("class", "missing").text(format!("[{alt}]")).into());
    };
    chapter.shown.push(number);
    chapter.described &= !alt.is_empty();
    let mut img = crate::attributes::keep(from, "img", chapter).with("src", file);
    if img.attribute("alt").is_none() {
        img = img.with("alt", "");
    }
    Some(img.into())
}
