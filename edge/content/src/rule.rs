//! Who may read something now: its access and its openings, by this edge's clock.

use aw_model::{
    Access, Asset, Chapter, Opening,
    access::{allows_at, opened, opening},
};

/// A rule at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule<'a> {
    access: &'a Access,
    openings: &'a [Opening],
    /// Milliseconds since 1970.
    now: u64,
}

impl<'a> Rule<'a> {
    /// Who may read a chapter.
    pub(crate) fn of_chapter(chapter: &'a Chapter, now: u64) -> Self {
        Self { access: &chapter.access, openings: &chapter.openings, now }
    }

    /// Who may see an asset.
    pub(crate) fn of_asset(asset: &'a Asset, now: u64) -> Self {
        Self { access: &asset.access, openings: &asset.openings, now }
    }

    /// Whether this reader may; as in [`Access::allows`].
    pub(crate) fn allows(&self, reader: Option<(&[String], &[String])>, book: &str) -> bool {
        allows_at(self.access, self.openings, self.now, reader, book)
    }

    /// The widest access that it gives now; `None` where it is closed to all readers.
    pub(crate) fn access(&self) -> Option<&'a Access> {
        if self.openings.is_empty() { Some(self.access) } else { opened(self.openings, self.now).map(|o| &o.access) }
    }

    /// Whether everybody may.
    pub(crate) fn is_free(&self) -> bool {
        self.access() == Some(&Access::Free)
    }

    /// What comes next.
    pub(crate) fn next(&self) -> Option<&'a Opening> {
        opening(self.openings, self.now)
    }
}
