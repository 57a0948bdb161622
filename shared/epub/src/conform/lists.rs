//! Lists.

use super::{
    Chapter, Place,
    blocks::{container, flow, wrapped},
};
use crate::{
    attributes::keep,
    node::{Element, Node, is_blank},
};

/// `ul` and `ol` hold items only. A list that is in a list and in no item belongs to the item before it.
pub(super) fn list(element: Element, place: Place, chapter: &mut Chapter<'_>) -> Node {
    let mut this = keep(&element, if element.name == "ul" { "ul" } else { "ol" }, chapter);
    let mut items: Vec<Node> = Vec::new();
    for child in element.children {
        match child {
            Node::Text(text) if is_blank(&text) => {}
            Node::Element(child) if child.name == "li" => items.push(container(child, "li", place, chapter)),
            child => {
                let nested = matches!(&child, Node::Element(child) if matches!(child.name.as_ref(), "ul" | "ol"));
                let made = flow(vec![child], place, chapter);
                match items.last_mut() {
                    Some(Node::Element(last)) if nested => last.children.extend(made),
                    _ => items.push(wrapped("li", made)),
                }
            }
        }
    }
    this.children = items;
    this.into()
}

/// `dl` holds groups, each of terms and then of descriptions. Where one is missing an empty one is put.
pub(super) fn definitions(element: Element, place: Place, chapter: &mut Chapter<'_>) -> Node {
    let mut this = keep(&element, "dl", chapter);
    let mut terms_last = None;
    for child in element.children {
        let (is_term, made) = match child {
            Node::Text(text) if is_blank(&text) => continue,
            Node::Element(child) if child.name == "dt" => {
                (true, container(child, "dt", Place { plain: true, ..place }, chapter))
            }
            Node::Element(child) if child.name == "dd" => (false, container(child, "dd", place, chapter)),
            child => (false, wrapped("dd", flow(vec![child], place, chapter))),
        };
        if !is_term && terms_last.is_none() {
            this.children.push(wrapped("dt", Vec::new()));
        }
        this.children.push(made);
        terms_last = Some(is_term);
    }
    if terms_last == Some(true) {
        this.children.push(wrapped("dd", Vec::new()));
    }
    this.into()
}
