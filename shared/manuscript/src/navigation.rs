//! Chapter titles from an EPUB's table of contents (EPUB 3 navigation document or EPUB 2 NCX).

use std::collections::HashMap;

use roxmltree::{Document, Node};

use crate::{headings::plain, links::relative};

/// The title that the table of contents gives each file. Where it names a file more than once, the first counts.
/// A table of contents that is broken names nothing: chapters have headings too.
pub(crate) fn titles(path: &str, xml: &str) -> HashMap<String, String> {
    let mut titles = HashMap::new();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let Ok(document) = Document::parse_with_options(xml, options) else { return titles };
    let mut add = |reference: Option<&str>, label: String| {
        if let Some((file, _)) = reference.and_then(|r| relative(path, r))
            && !label.is_empty()
        {
            titles.entry(file).or_insert(label);
        }
    };
    for point in document.descendants().filter(|n| n.tag_name().name() == "navPoint") {
        let child = |name: &str| point.children().find(|c| c.tag_name().name() == name);
        let reference = child("content").and_then(|c| c.attribute("src"));
        add(reference, child("navLabel").map(text).unwrap_or_default());
    }
    let toc = |n: &Node<'_, '_>| {
        n.tag_name().name() == "nav"
            && n.attributes().any(|a| a.name() == "type" && a.value().split(' ').any(|t| t == "toc"))
    };
    if let Some(nav) = document.descendants().find(toc) {
        for link in nav.descendants().filter(|n| n.tag_name().name() == "a") {
            add(link.attribute("href"), text(link));
        }
    }
    titles
}

/// The text of an element and all below it, white space folded.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    let all: String = node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect();
    plain(&all.replace('<', "&lt;"))
}
