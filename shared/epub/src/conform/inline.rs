//! Lines of text.

use super::{Chapter, Place, inline_name, is_block, picture};
use crate::{
    attributes::keep,
    math,
    node::{Element, Node, el, is_blank},
};

/// Nodes where only text and what is text's own may be. Blocks lose their tags; where one ends, the line does.
pub(crate) fn phrasing(nodes: Vec<Node>, place: Place, chapter: &mut Chapter<'_>) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Text(_) => out.push(node),
            Node::Element(element) => inline(element, place, chapter, &mut out),
        }
    }
    out
}

/// One element, in a line of text.
pub(super) fn inline(element: Element, place: Place, chapter: &mut Chapter<'_>, out: &mut Vec<Node>) {
    match element.name.as_ref() {
        "br" | "wbr" => out.push(el(if element.name == "br" { "br" } else { "wbr" }).into()),
        "img" => out.extend(picture(&element, chapter)),
        "math" => {
            let math = math::math(&element);
            chapter.math |= matches!(&math, Node::Element(element) if element.name == "math");
            out.push(math);
        }
        "ruby" => ruby(element, place, chapter, out),
        "hr" => break_line(out),
        name if is_block(name) => {
            let cell = matches!(name, "td" | "th");
            if !cell {
                break_line(out);
            } else if !out.is_empty() {
                out.push(Node::Text(" ".into()));
            }
            let inner = phrasing(element.children, place, chapter);
            out.extend(inner);
        }
        name => match inline_name(name) {
            Some("a") if place.link => out.extend(phrasing(element.children, place, chapter)),
            Some("dfn") if place.term => out.extend(phrasing(element.children, place, chapter)),
            Some(name) => {
                let (this, inner) = wrapper(&element, name, place, chapter);
                let children = phrasing(element.children, inner, chapter);
                out.push(this.holding(children).into());
            }
            None => out.extend(phrasing(element.children, place, chapter)),
        },
    }
}

/// An inline element without its children, and the place that is in it.
pub(super) fn wrapper(from: &Element, name: &'static str, place: Place, chapter: &mut Chapter<'_>) -> (Element, Place) {
    let mut this = keep(from, name, chapter);
    // These say nothing without their attribute.
    let needs = match name {
        "a" => Some("href"),
        "bdo" => Some("dir"),
        _ => None,
    };
    if needs.is_some_and(|attribute| this.attribute(attribute).is_none()) {
        this.name = "span".into();
    }
    (this, Place { link: place.link || name == "a", term: place.term || name == "dfn", ..place })
}

/// A line ends here, if one has begun.
fn break_line(out: &mut Vec<Node>) {
    let begun = out.iter().rev().find(|node| !matches!(node, Node::Text(text) if is_blank(text)));
    if begun.is_some_and(|node| !matches!(node, Node::Element(element) if element.name == "br")) {
        out.push(el("br").into());
    }
}

/// Text and its reading: bases, each with what is above it. The parentheses for readers without ruby are left out.
fn ruby(from: Element, place: Place, chapter: &mut Chapter<'_>, out: &mut Vec<Node>) {
    let mut this = keep(&from, "ruby", chapter);
    let mut base = Vec::new();
    for child in from.children {
        match child {
            Node::Element(child) if child.name == "rp" => {}
            Node::Element(child) if child.name == "rt" && !base.is_empty() => {
                this.children.append(&mut base);
                let text = phrasing(child.children, place, chapter);
                this.children.push(el("rt").holding(text).into());
            }
            child => base.extend(phrasing(vec![child], place, chapter)),
        }
    }
    if !this.children.is_empty() {
        out.push(this.into());
    }
    out.extend(base);
}
