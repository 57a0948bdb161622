//! The tree that documents are written from.

use std::borrow::Cow;

/// An element or a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// An element. Its name is what is written: a tree has no namespaces but those that `xmlns` attributes name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: Cow<'static, str>,
    pub(crate) attributes: Vec<(Cow<'static, str>, String)>,
    pub(crate) children: Vec<Node>,
}

/// An element without attributes and children.
pub(crate) fn el(name: &'static str) -> Element {
    Element { name: Cow::Borrowed(name), ..Element::default() }
}

impl Element {
    /// With another attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// With further children.
    pub(crate) fn holding(mut self, children: impl IntoIterator<Item = impl Into<Node>>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }

    /// With a text in it.
    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.holding([Node::Text(text.into())])
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

/// All text in the nodes.
pub(crate) fn plain(nodes: &[Node]) -> String {
    fn add(nodes: &[Node], out: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => add(&element.children, out),
            }
        }
    }
    let mut out = String::new();
    add(nodes, &mut out);
    out
}

/// Whether there is nothing to see in it but white space.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_whitespace())
}
