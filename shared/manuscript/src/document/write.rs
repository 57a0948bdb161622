//! To HTML, as ammonia would write it.

use super::{Attrs, Mark, Node, REL, VOID};

pub(super) fn html(nodes: &[Node]) -> String {
    let mut out = String::new();
    write(&mut out, nodes);
    out
}

fn write(out: &mut String, nodes: &[Node]) {
    let mut open: Vec<&Mark> = Vec::new();
    for node in nodes {
        let common = open.iter().zip(&node.marks).take_while(|(a, b)| **a == *b).count();
        for mark in open.drain(common..).rev() {
            end(out, name(mark));
        }
        for mark in &node.marks[common..] {
            start(out, name(mark), &mark.attrs);
            open.push(mark);
        }
        one(out, node);
    }
    for mark in open.drain(..).rev() {
        end(out, name(mark));
    }
}

fn one(out: &mut String, node: &Node) {
    let Some(tag) = node.tag() else { return escape(out, &node.text, false) };
    start(out, tag, &node.attrs);
    if VOID.contains(&tag) {
        return;
    }
    // The first line feed is dropped by who reads it.
    if tag == "pre" && node.content.first().is_some_and(|first| first.text.starts_with('\n')) {
        out.push('\n');
    }
    write(out, &node.content);
    end(out, tag);
}

fn name(mark: &Mark) -> &str {
    if mark.kind == "link" { "a" } else { &mark.kind }
}

fn start(out: &mut String, tag: &str, attrs: &Attrs) {
    let ours = |name: &str| name == "tag" || name == "level" && tag.starts_with('h');
    out.push('<');
    out.push_str(tag);
    let mut attribute = |name: &str, value: &str| {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, true);
        out.push('"');
    };
    for (name, value) in attrs.iter().filter(|(name, _)| !ours(name)) {
        attribute(name, value);
    }
    if tag == "a" && !attrs.contains_key("rel") {
        attribute("rel", REL);
    }
    out.push('>');
}

fn end(out: &mut String, tag: &str) {
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
}

/// As HTML's serialisation says (13.3, "escaping a string").
fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '"' if attribute => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}
