//! Sanitised HTML, parsed as browsers do (html5ever), into a tree of bounded depth.

use std::{
    borrow::Cow,
    cell::{Ref, RefCell},
};

use html5ever::{
    Attribute, LocalName, ParseOpts, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    ns, parse_fragment,
    tendril::{StrTendril, TendrilSink},
};

use crate::node::{Element, Node};

/// How deep elements may be in each other. What is deeper loses its tags and keeps its text: whoever reads the book
/// walks its tree by recursion.
const DEPTH: usize = 100;

/// The nodes that are the fragment.
pub(crate) fn parse(html: &str) -> Vec<Node> {
    let context = QualName::new(None, ns!(html), LocalName::from("body"));
    let sink = parse_fragment(Sink::default(), ParseOpts::default(), context, Vec::new(), false).one(html);
    sink.tree()
}

#[derive(Debug)]
enum Data {
    Document,
    Element(QualName, Vec<Attribute>),
    Text(String),
    /// Comments and processing instructions, which nobody reads.
    Nothing,
}

#[derive(Debug)]
struct Raw {
    parent: Option<usize>,
    children: Vec<usize>,
    data: Data,
}

/// All nodes, each by its index; the document is the first.
#[derive(Debug)]
struct Sink(RefCell<Vec<Raw>>);

impl Default for Sink {
    fn default() -> Self {
        Self(RefCell::new(vec![Raw { parent: None, children: Vec::new(), data: Data::Document }]))
    }
}

impl Sink {
    fn add(&self, data: Data) -> usize {
        let mut nodes = self.0.borrow_mut();
        nodes.push(Raw { parent: None, children: Vec::new(), data });
        nodes.len() - 1
    }

    /// Puts a node before the child at `at` of a parent, or a text into the text that ends there.
    fn insert(&self, parent: usize, at: usize, child: NodeOrText<usize>) {
        let child = match child {
            NodeOrText::AppendNode(child) => {
                self.detach(child);
                child
            }
            NodeOrText::AppendText(text) => {
                let before = at.checked_sub(1).and_then(|n| self.0.borrow()[parent].children.get(n).copied());
                if let Some(before) = before
                    && let Data::Text(there) = &mut self.0.borrow_mut()[before].data
                {
                    there.push_str(&text);
                    return;
                }
                self.add(Data::Text(text.to_string()))
            }
        };
        let mut nodes = self.0.borrow_mut();
        nodes[child].parent = Some(parent);
        let at = at.min(nodes[parent].children.len());
        nodes[parent].children.insert(at, child);
    }

    fn detach(&self, child: usize) {
        let mut nodes = self.0.borrow_mut();
        if let Some(parent) = nodes[child].parent.take()
            && let Some(at) = nodes[parent].children.iter().rposition(|n| *n == child)
        {
            nodes[parent].children.remove(at);
        }
    }

    /// What is below the root element of the fragment.
    fn tree(&self) -> Vec<Node> {
        enum Step {
            Enter(usize),
            Leave,
        }
        let nodes = self.0.borrow();
        // The parser puts one `html` element around a fragment.
        let top = nodes[0].children.iter().flat_map(|root| &nodes[*root].children);
        let mut steps: Vec<Step> = top.rev().map(|n| Step::Enter(*n)).collect();
        let mut open = vec![Element::default()];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave => {
                    let done = open.pop().unwrap_or_default();
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(done.into());
                    }
                }
                Step::Enter(n) => match &nodes[n].data {
                    Data::Text(text) => append_text(&mut open, text),
                    Data::Element(name, attributes) => {
                        if open.len() <= DEPTH {
                            open.push(element(name, attributes));
                            steps.push(Step::Leave);
                        }
                        steps.extend(nodes[n].children.iter().rev().map(|n| Step::Enter(*n)));
                    }
                    Data::Document | Data::Nothing => {}
                },
            }
        }
        open.pop().unwrap_or_default().children
    }
}

fn append_text(open: &mut [Element], text: &str) {
    let Some(parent) = open.last_mut() else { return };
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => parent.children.push(Node::Text(text.to_owned())),
    }
}

fn element(name: &QualName, attributes: &[Attribute]) -> Element {
    let attributes = attributes.iter().filter(|a| a.name.ns == ns!());
    Element {
        name: Cow::Owned(name.local.to_string()),
        attributes: attributes.map(|a| (Cow::Owned(a.name.local.to_string()), a.value.to_string())).collect(),
        children: Vec::new(),
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Self;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> Ref<'a, QualName> {
        Ref::map(self.0.borrow(), |nodes| match &nodes[*target].data {
            Data::Element(name, _) => name,
            _ => unreachable!("the parser asks elements for their names"),
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> usize {
        self.add(Data::Element(name, attributes))
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        self.add(Data::Nothing)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.add(Data::Nothing)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        let at = self.0.borrow()[*parent].children.len();
        self.insert(*parent, at, child);
    }

    fn append_based_on_parent_node(&self, element: &usize, before: &usize, child: NodeOrText<usize>) {
        if self.0.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// Templates are sanitised away: their content is theirs.
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        if let NodeOrText::AppendNode(child) = &child {
            self.detach(*child);
        }
        let Some(parent) = self.0.borrow()[*sibling].parent else { return };
        let at = self.0.borrow()[parent].children.iter().rposition(|n| n == sibling).unwrap_or(0);
        self.insert(parent, at, child);
    }

    fn add_attrs_if_missing(&self, target: &usize, attributes: Vec<Attribute>) {
        if let Data::Element(_, there) = &mut self.0.borrow_mut()[*target].data {
            for attribute in attributes {
                if there.iter().all(|a| a.name != attribute.name) {
                    there.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &usize, parent: &usize) {
        let mut nodes = self.0.borrow_mut();
        let children = std::mem::take(&mut nodes[*node].children);
        for child in &children {
            nodes[*child].parent = Some(*parent);
        }
        nodes[*parent].children.extend(children);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_those_of_browsers_and_never_too_deep() {
        let tree = parse("<p>One <b>two <i>three</b> four</i><table><tr><td>x</table>&nbsp;&bogus;<!-- no -->");
        let Node::Element(p) = &tree[0] else { panic!("{tree:?}") };
        assert_eq!((p.name.as_ref(), p.children.len()), ("p", 3));
        assert_eq!(crate::node::plain(&tree), "One two three fourx\u{a0}&bogus;");
        let deep = parse(&format!("{}x{}", "<div>".repeat(2_000), "</div>".repeat(2_000)));
        let (mut at, mut depth) = (&deep, 0);
        while let Some(Node::Element(element)) = at.first() {
            (at, depth) = (&element.children, depth + 1);
        }
        assert_eq!((depth, at.first()), (DEPTH, Some(&Node::Text("x".into()))));
    }
}
