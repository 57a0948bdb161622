//! Prose as this project keeps it: a small JSON tree.
//!
//! A document is made of sanitised HTML and becomes HTML again; nothing that the sanitiser lets through is lost on the
//! way. In JSON it is `{"type":"doc","content":[NODE…]}`, and a node
//!
//! ```json
//! {"type": "paragraph", "attrs": {"id": "t-1"}, "content": [
//!   {"type": "text", "text": "Call me "},
//!   {"type": "text", "text": "Ishmael", "marks": [{"type": "em"}, {"type": "link", "attrs": {"href": "chapter:ID#t-2"}}]},
//!   {"type": "picture", "attrs": {"alt": "a whale", "src": "asset:0"}}]}
//! ```
//!
//! | type | HTML | |
//! |---|---|---|
//! | `paragraph` `blockquote` `preformatted` | `p` `blockquote` `pre` | |
//! | `heading` | `h1`…`h6` | attribute `level`, `1` to `6` |
//! | `bulletList` `orderedList` `listItem` | `ul` `ol` `li` | |
//! | `sceneBreak` | `hr` | |
//! | `picture` | `img` | `src` is `asset:N`, the book's picture of that number |
//! | `lineBreak` | `br` | |
//! | `text` | text | `text`, and `marks` from the outermost |
//! | `element` | any other | attribute `tag`: tables, figures, sections, mathematics, anchors |
//!
//! A mark is an inline element around text, pictures and breaks: its type is the element's name (`em`, `strong`,
//! `code`, `span`, …), or `link` for `a`. A link to another chapter is `chapter:ID#PART`. All values of `attrs` are
//! strings and are HTML's attributes. Two neighbouring elements of one mark are one; white space between blocks is
//! none; what is nested deeper than [`DEPTH`] is unwrapped.

mod read;
mod scenes;
mod text;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use text::Word;

/// How deep elements may be nested.
pub const DEPTH: usize = 40;

/// Attributes, by name.
pub type Attrs = BTreeMap<String, String>;

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    #[serde(rename = "type", default)]
    kind: Doc,
    /// Its blocks.
    #[serde(default)]
    pub content: Vec<Node>,
}

/// The type of every document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Doc {
    #[default]
    #[serde(rename = "doc")]
    Doc,
}

/// A part of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// One of the types above.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTML's attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attrs: Attrs,
    /// What is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Node>,
    /// Of a `text`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Of what stands in a line, from the outermost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// An inline element around a part of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The element's name; `link` for `a`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTML's attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attrs: Attrs,
}

/// Types of nodes and the elements that they are.
const TYPES: [(&str, &str); 8] = [
    ("paragraph", "p"),
    ("blockquote", "blockquote"),
    ("preformatted", "pre"),
    ("bulletList", "ul"),
    ("orderedList", "ol"),
    ("listItem", "li"),
    ("sceneBreak", "hr"),
    ("lineBreak", "br"),
];

/// What `rel` of every link is: the sanitiser says so.
const REL: &str = "noopener noreferrer";

/// Elements that stand in a line.
const INLINE: [&str; 36] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "map",
    "mark", "math", "q", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
];

/// Of [`INLINE`], those that are nodes even around text: they are more than a look.
const NO_MARKS: [&str; 7] = ["map", "math", "rp", "rt", "rtc", "ruby", "wbr"];

/// Elements without an end tag.
const VOID: [&str; 6] = ["area", "br", "col", "hr", "img", "wbr"];

impl Document {
    /// Of blocks.
    pub fn new(content: Vec<Node>) -> Self {
        Self { kind: Doc::Doc, content }
    }

    /// The document of sanitised HTML.
    pub fn from_html(html: &str) -> Self {
        Self::new(read::nodes(html))
    }

    /// As HTML: sanitised, where the document was made of such.
    pub fn html(&self) -> String {
        write::html(&self.content)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// Changes the targets of its links: `change` gets what `href` says.
    pub fn map_links(&mut self, change: &mut impl FnMut(&str) -> Option<String>) {
        fn attrs(attrs: &mut Attrs, change: &mut impl FnMut(&str) -> Option<String>) {
            if let Some(href) = attrs.get_mut("href") {
                match change(href) {
                    Some(new) => *href = new,
                    None => drop(attrs.remove("href")),
                }
            }
        }
        fn nodes(all: &mut [Node], change: &mut impl FnMut(&str) -> Option<String>) {
            for node in all {
                attrs(&mut node.attrs, change);
                node.marks.iter_mut().for_each(|mark| attrs(&mut mark.attrs, change));
                nodes(&mut node.content, change);
            }
        }
        nodes(&mut self.content, change);
    }
}

impl Node {
    /// Text without marks.
    pub(crate) fn text(text: &str) -> Self {
        Self { kind: "text".into(), text: text.to_owned(), ..Self::default() }
    }

    /// The element that it is; none for text.
    fn tag(&self) -> Option<&str> {
        match self.kind.as_str() {
            "text" => None,
            "picture" => Some("img"),
            "element" => self.attrs.get("tag").map(String::as_str),
            "heading" => Some(match self.attrs.get("level").map(String::as_str) {
                Some("1") => "h1",
                Some("2") => "h2",
                Some("3") => "h3",
                Some("4") => "h4",
                Some("5") => "h5",
                _ => "h6",
            }),
            kind => TYPES.iter().find(|(name, _)| *name == kind).map(|(_, tag)| *tag),
        }
    }

    /// Whether it stands in a line.
    fn is_inline(&self) -> bool {
        match self.kind.as_str() {
            "text" | "picture" | "lineBreak" => true,
            "element" => {
                self.tag().is_some_and(|tag| INLINE.contains(&tag)) && self.content.iter().all(Node::is_inline)
            }
            _ => false,
        }
    }
}
