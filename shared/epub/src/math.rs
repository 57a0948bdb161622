//! Presentation MathML 3: what of it is valid stays, and the rest is told as text.

use std::borrow::Cow;

use crate::node::{Element, Node, el, is_blank, plain};

const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";

/// A formula that is valid, or a `span` with its text.
pub(crate) fn math(from: &Element) -> Node {
    match valid(from) {
        Some(math) => math.with("xmlns", NAMESPACE).into(),
        None => {
            let text = plain(&from.children);
            el("span").text(text.split_whitespace().collect::<Vec<_>>().join(" ")).into()
        }
    }
}

fn valid(from: &Element) -> Option<Element> {
    let children: Vec<&Element> = from.children.iter().filter_map(element).collect();
    let text = from.children.iter().any(|node| matches!(node, Node::Text(text) if !is_blank(text)));
    let count = children.len();
    let only = |names: &[&str]| children.iter().all(|child| names.contains(&child.name.as_ref()));
    let expressions = || children.iter().all(|child| is_expression(&child.name));
    let fits = match from.name.as_ref() {
        "mi" | "mn" | "mo" | "mtext" | "ms" => count == 0,
        "mspace" | "none" | "mprescripts" => count == 0 && !text,
        "math" | "mrow" | "mstyle" | "mpadded" | "mphantom" | "merror" | "msqrt" | "menclose" | "mfenced" | "mtd" => {
            !text && expressions()
        }
        "mfrac" | "msub" | "msup" | "munder" | "mover" | "mroot" => !text && count == 2 && expressions(),
        "msubsup" | "munderover" => !text && count == 3 && expressions(),
        "mtable" => !text && only(&["mtr"]),
        "mtr" => !text && only(&["mtd"]),
        "mmultiscripts" => !text && scripts(&children),
        _ => false,
    };
    if !fits {
        return None;
    }
    let mut out = Element { name: Cow::Owned(from.name.to_string()), ..Element::default() };
    out.attributes
        .extend(from.attributes.iter().filter(|(name, value)| is_attribute(&from.name, name, value)).cloned());
    for child in &from.children {
        match child {
            Node::Element(child) => out.children.push(valid(child)?.into()),
            Node::Text(text) if count == 0 => out.children.push(Node::Text(text.clone())),
            Node::Text(_) => {}
        }
    }
    Some(out)
}

fn element(node: &Node) -> Option<&Element> {
    match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    }
}

fn is_expression(name: &str) -> bool {
    !matches!(name, "math" | "mtr" | "mtd" | "mlabeledtr" | "none" | "mprescripts")
}

/// A base, pairs of scripts, and pairs before it after `mprescripts`.
fn scripts(children: &[&Element]) -> bool {
    let mut halves = children.split(|child| child.name == "mprescripts");
    let script = |child: &&Element| child.name == "none" || is_expression(&child.name);
    let (Some([base, after @ ..]), before, None) = (halves.next(), halves.next().unwrap_or_default(), halves.next())
    else {
        return false;
    };
    let pairs = |scripts: &[&Element]| scripts.len().is_multiple_of(2) && scripts.iter().all(script);
    is_expression(&base.name) && pairs(after) && pairs(before)
}

fn is_attribute(element: &str, name: &str, value: &str) -> bool {
    const VARIANTS: [&str; 10] = [
        "normal",
        "bold",
        "italic",
        "bold-italic",
        "double-struck",
        "script",
        "fraktur",
        "sans-serif",
        "monospace",
        "bold-script",
    ];
    let all = |known: &[&str]| !value.is_empty() && value.split(' ').all(|word| known.contains(&word));
    match (element, name) {
        ("math", "display") => matches!(value, "block" | "inline"),
        ("mi" | "mn" | "mo" | "mtext" | "ms", "mathvariant") => VARIANTS.contains(&value),
        ("mo", "stretchy") | ("mover" | "munder", "accent") if element != "munder" => matches!(value, "true" | "false"),
        ("mfenced", "open" | "close" | "separators") => value.chars().count() <= 10,
        ("mtable" | "mtr", "columnalign") => all(&["left", "center", "right"]),
        ("mtable", "rowalign") => all(&["top", "bottom", "center", "baseline", "axis"]),
        _ => false,
    }
}
