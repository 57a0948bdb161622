//! From sanitised HTML. Its form is ammonia's own serialisation: every element that has an end tag has it, so that the
//! tokenizer alone finds the tree. The line feed that a browser drops from the beginning of a `pre` is gone already.

use std::cell::RefCell;

use html5ever::{
    Attribute,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};

use super::{Attrs, DEPTH, INLINE, Mark, NO_MARKS, Node, REL, TYPES, VOID};

/// The blocks of sanitised HTML.
pub(super) fn nodes(html: &str) -> Vec<Node> {
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Tree::default())), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.take().finish()
}

struct Sink(RefCell<Tree>);

/// Elements that are open, and what is in them so far.
#[derive(Default)]
struct Tree {
    done: Vec<Node>,
    open: Vec<Frame>,
    /// Open elements that are too deep: by name, to find their end tags.
    unwrapped: Vec<String>,
}

struct Frame {
    tag: String,
    attrs: Attrs,
    content: Vec<Node>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut tree = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => tree.start(&tag.name, &tag.attrs),
            Token::TagToken(tag) => tree.end(&tag.name),
            Token::CharacterTokens(text) => tree.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Tree {
    fn start(&mut self, name: &str, attributes: &[Attribute]) {
        let attrs = attributes.iter().map(|a| (a.name.local.to_string(), a.value.to_string()));
        // Every link has it: it is not the author's.
        let attrs: Attrs = attrs.filter(|(n, v)| !(name == "a" && n == "rel" && v == REL)).collect();
        if VOID.contains(&name) {
            return self.push(element(name, attrs, Vec::new()));
        }
        if self.open.len() >= DEPTH {
            return self.unwrapped.push(name.to_owned());
        }
        self.open.push(Frame { tag: name.to_owned(), attrs, content: Vec::new() });
    }

    fn end(&mut self, name: &str) {
        if let Some(at) = self.unwrapped.iter().rposition(|tag| tag == name) {
            return self.unwrapped.truncate(at);
        }
        let Some(at) = self.open.iter().rposition(|frame| frame.tag == name) else { return };
        self.unwrapped.clear();
        while self.open.len() > at {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.open.pop() else { return };
        for node in frame.close() {
            self.push(node);
        }
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(Node::text(text));
        }
    }

    fn push(&mut self, node: Node) {
        let content = self.open.last_mut().map_or(&mut self.done, |frame| &mut frame.content);
        match content.last_mut() {
            Some(last) if last.kind == "text" && node.kind == "text" && last.marks == node.marks => {
                last.text.push_str(&node.text);
            }
            _ => content.push(node),
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while !self.open.is_empty() {
            self.close();
        }
        without_gaps(self.done)
    }
}

impl Frame {
    /// What the element is: a node, or a mark on what is in it.
    fn close(self) -> Vec<Node> {
        let Self { tag, attrs, mut content } = self;
        let mark = INLINE.contains(&tag.as_str()) && !NO_MARKS.contains(&tag.as_str());
        if mark && !content.is_empty() && content.iter().all(Node::is_inline) {
            let kind = if tag == "a" { "link".to_owned() } else { tag };
            let mark = Mark { kind, attrs };
            content.iter_mut().for_each(|node| node.marks.insert(0, mark.clone()));
            return content;
        }
        if tag != "pre" {
            content = without_gaps(content);
        }
        vec![element(&tag, attrs, content)]
    }
}

fn element(tag: &str, mut attrs: Attrs, content: Vec<Node>) -> Node {
    let kind = match tag.as_bytes() {
        b"img" => "picture",
        [b'h', level @ b'1'..=b'6'] => {
            attrs.insert("level".into(), char::from(*level).to_string());
            "heading"
        }
        _ => match TYPES.iter().find(|(_, name)| *name == tag) {
            Some((kind, _)) => kind,
            None => {
                attrs.insert("tag".into(), tag.to_owned());
                "element"
            }
        },
    };
    Node { kind: kind.to_owned(), attrs, content, ..Node::default() }
}

/// Between blocks white space is none.
fn without_gaps(content: Vec<Node>) -> Vec<Node> {
    if content.iter().all(Node::is_inline) && content.iter().any(|node| !is_gap(node)) {
        return content;
    }
    let mut out: Vec<Node> = Vec::with_capacity(content.len());
    let mut run: Vec<Node> = Vec::new();
    for node in content {
        if node.is_inline() {
            run.push(node);
            continue;
        }
        if !run.iter().all(is_gap) {
            out.append(&mut run);
        }
        run.clear();
        out.push(node);
    }
    if !run.iter().all(is_gap) {
        out.append(&mut run);
    }
    out
}

/// White space that HTML folds; a no-break space is none.
fn is_gap(node: &Node) -> bool {
    node.kind == "text" && node.marks.is_empty() && node.text.bytes().all(|b| b.is_ascii_whitespace())
}
