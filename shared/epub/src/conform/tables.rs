//! Tables.

use super::{
    Chapter, Place,
    blocks::{container, flow},
};
use crate::{
    attributes::keep,
    node::{Element, Node, el, is_blank},
};

/// A table: one caption, one head, bodies, one foot. What is in none of its cells goes before it.
pub(super) fn table(element: Element, place: Place, chapter: &mut Chapter<'_>) -> Vec<Node> {
    let this = keep(&element, "table", chapter);
    let (mut before, mut caption, mut head, mut bodies, mut foot) = (Vec::new(), None, None, Vec::new(), None);
    for child in element.children {
        let child = match child {
            Node::Text(text) if is_blank(&text) => continue,
            Node::Element(child) => child,
            text => {
                before.push(text);
                continue;
            }
        };
        match child.name.as_ref() {
            "caption" if caption.is_none() => {
                caption = Some(container(child, "caption", Place { caption: true, ..place }, chapter));
            }
            "thead" if head.is_none() && bodies.is_empty() => head = rows(child, "thead", place, chapter, &mut before),
            "tfoot" if foot.is_none() => foot = rows(child, "tfoot", place, chapter, &mut before),
            "thead" | "tbody" | "tfoot" => bodies.extend(rows(child, "tbody", place, chapter, &mut before)),
            "tr" => {
                let body = el("tbody").holding([child]);
                bodies.extend(rows(body, "tbody", place, chapter, &mut before));
            }
            "colgroup" | "col" => {}
            _ => before.extend(flow(vec![child.into()], place, chapter)),
        }
    }
    let whole = this.holding(caption).holding(head).holding(bodies).holding(foot);
    if !whole.children.is_empty() {
        before.push(whole.into());
    }
    before
}

/// A group of rows; `None` where it has no cell.
fn rows(
    from: Element,
    name: &'static str,
    place: Place,
    chapter: &mut Chapter<'_>,
    before: &mut Vec<Node>,
) -> Option<Node> {
    let mut this = keep(&from, name, chapter);
    for child in from.children {
        match child {
            Node::Element(child) if child.name == "tr" => this.children.extend(row(child, place, chapter)),
            Node::Text(text) if is_blank(&text) => {}
            child => before.extend(flow(vec![child], place, chapter)),
        }
    }
    (!this.children.is_empty()).then(|| this.into())
}

fn row(from: Element, place: Place, chapter: &mut Chapter<'_>) -> Option<Node> {
    let mut this = keep(&from, "tr", chapter);
    for child in from.children {
        match child {
            Node::Text(text) if is_blank(&text) => {}
            Node::Element(child) if child.name == "th" => {
                this.children.push(container(child, "th", Place { plain: true, ..place }, chapter));
            }
            Node::Element(child) if child.name == "td" => this.children.push(container(child, "td", place, chapter)),
            child => this.children.push(el("td").holding(flow(vec![child], place, chapter)).into()),
        }
    }
    (!this.children.is_empty()).then(|| this.into())
}
