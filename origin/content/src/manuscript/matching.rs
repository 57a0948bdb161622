//! Which scene of before is which of after: a function of their texts.

/// For each of the `new` texts the index of the old scene that it goes on, each at most once and in their order:
/// what is the same at the beginning and at the end is the same scene, and of what was changed between, the first is
/// the first.
pub(super) fn matching(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    let most = old.len().min(new.len());
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    let (changed, room) = (new.len() - head - tail, old.len() - head - tail);
    (0..new.len())
        .map(|n| {
            if n < head {
                Some(n)
            } else if n >= head + changed {
                Some(n + old.len() - new.len())
            } else {
                (n - head < room).then_some(n)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn scenes_keep_their_ids() {
        for (old, new, expected) in [
            (&["a", "b", "c"][..], &["a", "b", "c"][..], &[Some(0), Some(1), Some(2)][..]),
            (&["a", "b", "c"], &["a", "x", "c"], &[Some(0), Some(1), Some(2)]),
            (&["a", "b"], &["a", "x", "b"], &[Some(0), None, Some(1)]),
            (&["a", "b", "c"], &["c"], &[Some(2)]),
            (&["a"], &["x", "y"], &[Some(0), None]),
            (&["a", "a"], &["a"], &[Some(0)]),
            (&[], &["a"], &[None]),
        ] {
            assert_eq!(matching(old, new), expected, "{old:?} {new:?}");
        }
    }
}
