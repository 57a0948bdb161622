//! The files that chapters link, and who may see them.

use std::collections::BTreeMap;

use aw_model::{Access, Opening};

/// Who may see something, and from when on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) access: Access,
    /// In order; empty: always.
    pub(super) openings: Vec<Opening>,
}

/// Who may see each asset, by its number: the widest rule of the chapters that link it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Linked(BTreeMap<usize, Rule>);

impl Linked {
    /// A chapter of this rule links the asset.
    pub(super) fn add(&mut self, asset: usize, rule: &Rule) {
        match self.0.get_mut(&asset) {
            Some(there) => *there = there.or(rule),
            None => drop(self.0.insert(asset, rule.clone())),
        }
    }

    /// Assets and who may see them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.0.iter().map(|(n, rule)| (*n, rule))
    }
}

impl Rule {
    /// Everybody, always.
    pub(super) fn free() -> Self {
        Self { access: Access::Free, openings: Vec::new() }
    }

    /// A rule that lets in everyone whom one of the two lets in, at each time.
    pub(super) fn or(&self, other: &Self) -> Self {
        if self.openings.is_empty() && other.openings.is_empty() {
            return Self { access: widest(&self.access, &other.access), openings: Vec::new() };
        }
        let openings = |rule: &Self| match rule.openings.is_empty() {
            true => vec![Opening { from: 0, access: rule.access.clone() }],
            false => rule.openings.clone(),
        };
        let mut all = [openings(self), openings(other)].concat();
        all.sort_by_key(|opening| opening.from);
        all.dedup();
        if all.iter().any(|opening| opening.from == 0 && opening.access == Access::Free) {
            return Self::free();
        }
        let access = all.first().map_or(Access::Members, |first| first.access.clone());
        Self { access, openings: all }
    }
}

/// An access that lets in everyone whom one of the two lets in. No rule names two tiers: where they differ it is the
/// members who may see the picture, whose address only those learn who may read one of the chapters.
fn widest(a: &Access, b: &Access) -> Access {
    match (a, b) {
        (Access::Free, _) | (_, Access::Free) => Access::Free,
        (Access::Tier(a), Access::Tier(b)) if a == b => Access::Tier(a.clone()),
        _ => Access::Members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_counts() {
        let tier = |name: &str| Access::Tier(name.into());
        for (a, b, wide) in [
            (tier("gold"), Access::Free, Access::Free),
            (Access::Members, Access::Free, Access::Free),
            (tier("gold"), Access::Members, Access::Members),
            (tier("gold"), tier("gold"), tier("gold")),
            (tier("gold"), tier("silver"), Access::Members),
        ] {
            assert_eq!((widest(&a, &b), widest(&b, &a)), (wide.clone(), wide), "{a} {b}");
        }
    }

    #[test]
    fn a_picture_is_seen_when_one_of_its_chapters_is_read() {
        let opening = |from, access: &str| Opening { from, access: access.parse().unwrap() };
        let rule = |access: &str, openings| Rule { access: access.parse().unwrap(), openings };
        let serial = rule("tier:gold", vec![opening(5, "tier:gold"), opening(9, "free")]);
        assert_eq!(serial.or(&Rule::free()), Rule::free());
        let members = serial.or(&rule("members", vec![]));
        assert_eq!(members.openings, [opening(0, "members"), opening(5, "tier:gold"), opening(9, "free")]);
        assert_eq!(members.access, Access::Members);
        assert_eq!(serial.or(&serial), serial);
    }
}
