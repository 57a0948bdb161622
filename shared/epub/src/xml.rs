//! Trees as XML documents.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::node::{Element, Node};

/// Elements that are written as an empty tag when they are empty. Others get an end tag: a reader that takes XHTML for
/// HTML would leave them open.
const VOID: [&str; 4] = ["br", "hr", "img", "wbr"];

/// An XML document in UTF-8.
///
/// # Errors
/// The tree has a name that no element can have; writing to memory does not fail.
pub(crate) fn document(root: &Element, html: bool) -> std::io::Result<Vec<u8>> {
    let mut out = Writer::new(Vec::new());
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    if html {
        out.write_event(Event::Text(BytesText::from_escaped("\n")))?;
        out.write_event(Event::DocType(BytesText::from_escaped("html")))?;
    }
    out.write_event(Event::Text(BytesText::from_escaped("\n")))?;
    element(&mut out, root, html)?;
    let mut bytes = out.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn element(out: &mut Writer<Vec<u8>>, this: &Element, html: bool) -> std::io::Result<()> {
    let mut start = BytesStart::new(this.name.as_ref());
    for (name, value) in &this.attributes {
        start.push_attribute((name.as_ref(), characters(value).as_str()));
    }
    if this.children.is_empty() && (!html || VOID.contains(&this.name.as_ref())) {
        return out.write_event(Event::Empty(start));
    }
    out.write_event(Event::Start(start))?;
    for child in &this.children {
        match child {
            Node::Element(child) => element(out, child, html)?,
            Node::Text(text) => out.write_event(Event::Text(BytesText::new(&characters(text))))?,
        }
    }
    out.write_event(Event::End(BytesEnd::new(this.name.as_ref())))
}

/// The text without what XML 1.0 (section 2.2) cannot have.
fn characters(text: &str) -> String {
    let possible = |c: &char| match *c {
        '\t' | '\n' | '\r' => true,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' => false,
        // Noncharacters, the last two of each plane among them.
        c => !matches!(c, '\u{fdd0}'..='\u{fdef}') && (c as u32) & 0xfffe != 0xfffe,
    };
    text.chars().filter(possible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::el;

    #[test]
    fn everything_is_escaped_and_nothing_is_illegal() {
        let tree = el("p").with("title", "a\"<&\u{1}\u{ffff}b").holding([
            Node::Text("1 < 2 & ]]> \u{0}\u{b}é🐳".into()),
            el("br").into(),
            el("span").into(),
        ]);
        let text = String::from_utf8(document(&tree, true).unwrap()).unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n<p title=\"a&quot;&lt;&amp;b\">1 &lt; 2 &amp; ]]&gt; é🐳<br/><span></span></p>\n"
        );
    }
}
