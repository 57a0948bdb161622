//! Inline elements around blocks: `<em>a<p>b</p></em>` becomes `<em>a</em><p><em>b</em></p>`.

use super::is_block;
use crate::node::{Element, Node, is_blank};

/// Whether a block is anywhere in the nodes.
pub(super) fn has_block(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Element(element) => is_block(&element.name) || element.name != "math" && has_block(&element.children),
        Node::Text(_) => false,
    })
}

/// The children of an inline element without it, and it around each run of text in them.
pub(super) fn spread(mut wrapper: Element, children: Vec<Node>) -> Vec<Node> {
    wrapper.children.clear();
    over(&mut wrapper, children)
}

fn over(wrapper: &mut Element, children: Vec<Node>) -> Vec<Node> {
    let (mut out, mut run) = (Vec::new(), Vec::new());
    for child in children {
        match child {
            Node::Element(mut block) if is_block(&block.name) => {
                finish(wrapper, &mut run, &mut out);
                block.children = over(wrapper, block.children);
                out.push(block.into());
            }
            // An inline element that holds a block itself is spread in its turn.
            child => run.push(child),
        }
    }
    finish(wrapper, &mut run, &mut out);
    out
}

fn finish(wrapper: &mut Element, run: &mut Vec<Node>, out: &mut Vec<Node>) {
    let blank = run.iter().all(|node| matches!(node, Node::Text(text) if is_blank(text)));
    if blank {
        out.append(run);
        return;
    }
    let mut this = wrapper.clone();
    this.children = std::mem::take(run);
    out.push(this.into());
    // The id is that of the first piece.
    wrapper.attributes.retain(|(name, _)| name != "id");
}
