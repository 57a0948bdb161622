//! Paragraphs, headings, sections.

use super::{
    Chapter, Place, inline, inline_name, is_block, lists,
    spread::{has_block, spread},
    tables,
};
use crate::{
    attributes::keep,
    node::{Element, Node, el, is_blank},
};

/// How many inline elements around blocks are spread over them, one in the other: each makes as many copies as there
/// are blocks. Further ones lose their tags.
const SPREAD: u8 = 4;

/// Nodes where anything may be that a chapter has.
pub(crate) fn flow(nodes: Vec<Node>, place: Place, chapter: &mut Chapter<'_>) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Text(_) => out.push(node),
            Node::Element(element) => block(element, place, chapter, &mut out),
        }
    }
    out
}

fn block(element: Element, place: Place, chapter: &mut Chapter<'_>, out: &mut Vec<Node>) {
    if !is_block(&element.name) {
        let known = inline_name(&element.name).is_some();
        if !has_block(&element.children) || element.name == "math" {
            inline::inline(element, place, chapter, out);
        } else if known && place.spread < SPREAD {
            let mut element = element;
            let children = std::mem::take(&mut element.children);
            let place = Place { spread: place.spread + 1, ..place };
            out.extend(flow(spread(element, children), place, chapter));
        } else {
            out.extend(flow(element.children, place, chapter));
        }
        return;
    }
    let name = element.name.to_string();
    match name.as_str() {
        "p" | "pre" => out.push(text_block(element, if name == "p" { "p" } else { "pre" }, place, chapter)),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let name = if place.plain { "p" } else { heading(&name) };
            out.push(text_block(element, name, place, chapter));
        }
        "hr" => out.push(keep(&element, "hr", chapter).into()),
        "blockquote" => out.push(container(element, "blockquote", place, chapter)),
        "section" | "article" | "aside" | "nav" if !place.plain => {
            let name = match name.as_str() {
                "section" => "section",
                "article" => "article",
                "aside" => "aside",
                _ => "nav",
            };
            out.push(container(element, name, place, chapter));
        }
        "header" | "footer" if !place.plain && !place.header => {
            let name = if name == "header" { "header" } else { "footer" };
            out.push(container(element, name, Place { header: true, ..place }, chapter));
        }
        "center" => {
            let Node::Element(this) = container(element, "div", place, chapter) else { return };
            out.push(this.with("class", "center").into());
        }
        "figure" => figure(element, place, chapter, out),
        "details" => details(element, place, chapter, out),
        "ul" | "ol" => out.push(lists::list(element, place, chapter)),
        "dl" => out.push(lists::definitions(element, place, chapter)),
        "table" if !place.caption => out.extend(tables::table(element, place, chapter)),
        "summary" => out.push(text_block(element, "p", place, chapter)),
        // What is nothing on its own.
        _ => out.push(container(element, "div", place, chapter)),
    }
}

/// An element that holds a line of text.
pub(super) fn text_block(element: Element, name: &'static str, place: Place, chapter: &mut Chapter<'_>) -> Node {
    let this = keep(&element, name, chapter);
    this.holding(inline::phrasing(element.children, place, chapter)).into()
}

/// An element that holds anything.
pub(super) fn container(element: Element, name: &'static str, place: Place, chapter: &mut Chapter<'_>) -> Node {
    let this = keep(&element, name, chapter);
    this.holding(flow(element.children, place, chapter)).into()
}

fn heading(name: &str) -> &'static str {
    // The chapter's title is the one h1: what is below it is counted from there.
    match name {
        "h1" | "h2" => "h2",
        "h3" => "h3",
        "h4" => "h4",
        "h5" => "h5",
        _ => "h6",
    }
}

/// A figure has one caption, before everything else or after it.
fn figure(element: Element, place: Place, chapter: &mut Chapter<'_>, out: &mut Vec<Node>) {
    let mut this = keep(&element, "figure", chapter);
    let mut caption = None;
    for child in element.children {
        match child {
            Node::Element(child) if child.name == "figcaption" && caption.is_none() => {
                let first = this.children.iter().all(|node| matches!(node, Node::Text(text) if is_blank(text)));
                caption = Some((first, container(child, "figcaption", place, chapter)));
            }
            child => this.children.extend(flow(vec![child], place, chapter)),
        }
    }
    match caption {
        Some((true, caption)) => this.children.insert(0, caption),
        Some((false, caption)) => this.children.push(caption),
        None => {}
    }
    out.push(this.into());
}

/// `details` has its summary first; without one it is a plain block. In a link it would be a control in a control.
fn details(mut element: Element, place: Place, chapter: &mut Chapter<'_>, out: &mut Vec<Node>) {
    let is_summary = |node: &Node| matches!(node, Node::Element(child) if child.name == "summary");
    let at = element.children.iter().position(is_summary).filter(|_| !place.link);
    let Some(at) = at else { return out.push(container(element, "div", place, chapter)) };
    let this = keep(&element, "details", chapter);
    let Node::Element(summary) = element.children.remove(at) else { return };
    let summary = text_block(summary, "summary", Place { link: true, ..place }, chapter);
    let rest = flow(element.children, place, chapter);
    out.push(this.holding([summary]).holding(rest).into());
}

/// A block of its own around nodes that are made already.
pub(super) fn wrapped(name: &'static str, children: Vec<Node>) -> Node {
    el(name).holding(children).into()
}
