//! What changed between two texts, word by word.

use aw_manuscript::{Document, document::Word};
use aw_openapi::JsonSchema;
use imara_diff::{Algorithm, Diff, InternedInput, TokenSource};
use serde::Serialize;

/// What became of some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Op {
    /// They are in both.
    Equal,
    /// They are new.
    Insert,
    /// They are gone.
    Delete,
}

/// Neighbouring words of which the same became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Change {
    op: Op,
    /// The words; a line feed ends a block. The middle of a long stretch that is in both is left out.
    text: String,
    /// How many words of `text` were left out, at its only `…` between line feeds.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    omitted: usize,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// How many words of a stretch that is in both are shown at its beginning and end.
const SHOWN: usize = 20;

struct Words<'a>(&'a [Word]);

impl<'a> TokenSource for Words<'a> {
    type Token = &'a Word;
    type Tokenizer = std::slice::Iter<'a, Word>;

    fn tokenize(&self) -> Self::Tokenizer {
        self.0.iter()
    }

    fn estimate_tokens(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// What changed from `before` to `after`. A word that only looks different goes and comes.
pub(crate) fn diff(before: &Document, after: &Document) -> Vec<Change> {
    let (before, after) = (before.words(), after.words());
    let input = InternedInput::new(Words(&before), Words(&after));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let mut changes = Vec::new();
    let mut at = 0;
    let mut push = |op, words: &[Word]| {
        if !words.is_empty() {
            changes.push(change(op, words));
        }
    };
    for hunk in diff.hunks() {
        let (old, new) = (range(&hunk.before), range(&hunk.after));
        push(Op::Equal, &before[at..old.start]);
        push(Op::Delete, &before[old.clone()]);
        push(Op::Insert, &after[new]);
        at = old.end;
    }
    push(Op::Equal, &before[at..]);
    changes
}

fn range(range: &std::ops::Range<u32>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}

fn change(op: Op, words: &[Word]) -> Change {
    let text = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<String>();
    if op != Op::Equal || words.len() <= 2 * SHOWN {
        return Change { op, text: text(words), omitted: 0 };
    }
    let (head, tail) = (text(&words[..SHOWN]), text(&words[words.len() - SHOWN..]));
    Change { op, text: format!("{head}\n…\n{tail}"), omitted: words.len() - 2 * SHOWN }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: &str, after: &str) -> Vec<(Op, String)> {
        let changes = diff(&Document::from_html(before), &Document::from_html(after));
        changes.into_iter().map(|change| (change.op, change.text)).collect()
    }

    #[test]
    fn words_are_told() {
        let own = |op, text: &str| (op, text.to_owned());
        assert_eq!(
            said("<p>Call me Ishmael.</p>", "<p>Call him Ishmael.</p><p>He went.</p>"),
            [
                own(Op::Equal, "Call "),
                own(Op::Delete, "me "),
                own(Op::Insert, "him "),
                own(Op::Equal, "Ishmael.\n"),
                own(Op::Insert, "He went.\n"),
            ]
        );
        assert_eq!(
            said("<p>so very</p>", "<p>so <em>very</em></p>"),
            [own(Op::Equal, "so "), own(Op::Delete, "very"), own(Op::Insert, "very"), own(Op::Equal, "\n")]
        );
        assert_eq!(said("<p>x</p>", "<p>x</p>"), [own(Op::Equal, "x\n")]);
        assert_eq!(said("", ""), []);
    }

    #[test]
    fn what_is_in_both_is_shortened() {
        let long = format!("<p>{}</p>", "word ".repeat(1000));
        let changes = diff(&Document::from_html(&long), &Document::from_html(&format!("{long}<p>more</p>")));
        assert_eq!((changes.len(), changes[0].omitted, changes[1].text.as_str()), (2, 961, "more\n"));
    }

    #[test]
    fn a_rewritten_chapter_takes_no_time() {
        let text = |seed: u32| {
            let words = (0..100_000u32).map(|n| format!("w{} ", n.wrapping_mul(seed) % 5_003)).collect::<String>();
            Document::from_html(&format!("<p>{words}</p>"))
        };
        assert!(!diff(&text(7), &text(11)).is_empty());
    }
}
