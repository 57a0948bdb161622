//! The words of a document, in their order.

use super::{Document, Mark, Node};

/// A word with the white space behind it, or the end of a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// As it is shown; a block's end is a line feed.
    pub text: String,
    /// How it looks: marks, and what it stands in. Two words that look different are different.
    look: String,
}

impl Document {
    /// Its words, pictures and the ends of its blocks.
    pub fn words(&self) -> Vec<Word> {
        let mut out = Vec::new();
        walk(&self.content, "", &mut out);
        out
    }

    /// How many words it has.
    pub fn count(&self) -> u32 {
        fn count(nodes: &[Node], inside: &mut bool) -> usize {
            let mut words = 0;
            for node in nodes {
                if node.kind == "text" {
                    for c in node.text.chars() {
                        let space = c.is_whitespace();
                        words += usize::from(!space && !*inside);
                        *inside = !space;
                    }
                    continue;
                }
                // A word may be half in italics, and ends with its block.
                *inside &= node.is_inline() && node.kind != "lineBreak";
                words += count(&node.content, inside);
                *inside &= node.is_inline();
            }
            words
        }
        u32::try_from(count(&self.content, &mut false)).unwrap_or(u32::MAX)
    }
}

fn walk(nodes: &[Node], place: &str, out: &mut Vec<Word>) {
    for node in nodes {
        match (node.kind.as_str(), node.is_inline()) {
            ("text", _) => {
                let look = look(place, &node.marks);
                for text in node.text.split_inclusive(char::is_whitespace) {
                    out.push(Word { text: text.to_owned(), look: look.clone() });
                }
            }
            ("picture", _) => {
                let alt = node.attrs.get("alt").map_or("", String::as_str);
                out.push(Word { text: format!("[{alt}]"), look: format!("{place} {:?}", node.attrs) });
            }
            ("lineBreak" | "sceneBreak", _) => out.push(Word { text: "\n".into(), look: node.kind.clone() }),
            (_, true) => walk(&node.content, place, out),
            (kind, false) => {
                let place = format!("{place}/{kind}{}", node.attrs.get("level").map_or("", String::as_str));
                walk(&node.content, &place, out);
                if out.last().is_some_and(|word| word.text != "\n") {
                    out.push(Word { text: "\n".into(), look: place });
                }
            }
        }
    }
}

fn look(place: &str, marks: &[Mark]) -> String {
    let mut look = place.to_owned();
    for mark in marks {
        look.push('+');
        look.push_str(&mark.kind);
        if let Some(href) = mark.attrs.get("href") {
            look.push_str(href);
        }
    }
    look
}
