//! What can be told from a statement's first words.

/// How many statements a connection keeps prepared at most: more are made from text, which is not to grow for ever.
pub(super) const MOST_KEPT: usize = 500;

/// What a statement does to the transaction, where it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// A transaction is open afterwards.
    Begins,
    /// None is open afterwards.
    Ends,
    /// As before.
    None,
}

/// What `statement` does to the transaction.
pub(super) fn effect(statement: &str) -> Effect {
    let mut words = words(statement);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    if is(first, "begin") || is(first, "start") {
        return Effect::Begins;
    }
    let ends = ["commit", "rollback", "end", "abort"].iter().any(|word| is(first, word));
    // `ROLLBACK TO x` and `ROLLBACK WORK TO x` go back to a savepoint; `COMMIT PREPARED` is another's transaction;
    // `... AND CHAIN` begins the next.
    let stays =
        std::iter::once(second).chain(words).any(|word| ["to", "prepared", "chain"].iter().any(|w| is(word, w)));
    if ends && !stays { Effect::Ends } else { Effect::None }
}

/// Whether it pays to keep `statement` prepared: what is run again and again does not define anything.
pub(super) fn is_kept(statement: &str) -> bool {
    let first = words(statement).next().unwrap_or_default();
    ["select", "insert", "update", "delete", "with", "begin", "commit", "rollback"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
}

/// The words of `statement` without the comments before them.
fn words(statement: &str) -> impl Iterator<Item = &str> {
    let mut rest = statement.trim_start();
    loop {
        let end = if rest.starts_with("--") {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|at| at + 2)
        } else {
            break;
        };
        rest = end.map_or("", |at| &rest[at..]).trim_start();
    }
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).take(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_begin_and_end() {
        for begins in ["BEGIN", " begin ;", "START TRANSACTION READ ONLY", "-- why\n/* and */ Begin"] {
            assert_eq!(effect(begins), Effect::Begins, "{begins}");
        }
        for ends in ["COMMIT", "commit;", "ROLLBACK", "end work", "/* x */ABORT"] {
            assert_eq!(effect(ends), Effect::Ends, "{ends}");
        }
        let none =
            ["", "--", "/*", "ROLLBACK TO a", "rollback to savepoint a", "ROLLBACK AND CHAIN", "SELECT 'commit'"];
        for none in none {
            assert_eq!(effect(none), Effect::None, "{none}");
        }
    }

    #[test]
    fn definitions_are_not_kept() {
        assert!(is_kept("select 1") && is_kept("WITH a AS (SELECT 1) SELECT * FROM a"));
        assert!(!is_kept("CREATE TABLE t (n int)") && !is_kept(""));
    }
}
