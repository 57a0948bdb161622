//! The files that chapters link, and who may see them.

use std::collections::BTreeMap;

use aw_model::Access;

/// Who may see each asset, by its number: the widest access of the chapters that link it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Linked(BTreeMap<usize, Access>);

impl Linked {
    /// A chapter that such readers may read links the asset.
    pub(super) fn add(&mut self, asset: usize, access: &Access) {
        match self.0.get_mut(&asset) {
            Some(there) => *there = widest(there, access),
            None => drop(self.0.insert(asset, access.clone())),
        }
    }

    /// Assets and who may see them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Access)> {
        self.0.iter().map(|(n, access)| (*n, access))
    }
}

/// An access that lets in everyone whom one of the two lets in. No rule names two tiers: where they differ it is the
/// members who may see the picture, whose address only those learn who may read one of the chapters.
pub(super) fn widest(a: &Access, b: &Access) -> Access {
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
}
