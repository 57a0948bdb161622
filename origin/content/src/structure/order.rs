//! The order of a book's parts and chapters: functions of their arguments.

use std::collections::BTreeMap;

use aw_model::Matter;
use aw_openapi::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a chapter is in its book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Before the body: a dedication, a preface.
    Front,
    /// The book itself.
    #[default]
    Body,
    /// After it: notes, an index.
    Back,
}

impl Kind {
    pub(crate) fn parse(name: &str) -> Self {
        match name {
            "front" => Self::Front,
            "back" => Self::Back,
            _ => Self::Body,
        }
    }

    /// As manifests and EPUBs have it.
    pub(crate) fn matter(self) -> Matter {
        match self {
            Self::Front => Matter::Front,
            Self::Body => Matter::Body,
            Self::Back => Matter::Back,
        }
    }
}

impl From<Matter> for Kind {
    fn from(matter: Matter) -> Self {
        match matter {
            Matter::Front => Self::Front,
            Matter::Body => Self::Body,
            Matter::Back => Self::Back,
        }
    }
}

/// What stands in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A chapter that is in no part, by its id.
    Chapter(String),
    /// A part, by its id, with its chapters.
    Part(String, Vec<String>),
}

/// The ids of a book's parts and chapters in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) front: Vec<String>,
    pub(crate) body: Vec<Entry>,
    pub(crate) back: Vec<String>,
}

/// Where something is to stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Place {
    /// What it is there; `body` where it is left out.
    #[serde(default)]
    pub(crate) kind: Kind,
    /// The id of the part that it is in, of the body.
    #[schemars(length(min = 36, max = 36))]
    pub(crate) part: Option<String>,
    /// How many of its neighbours are before it; the end where it is left out or too large.
    pub(crate) position: Option<u32>,
}

/// There is no such place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoPlace(pub(crate) &'static str);

/// Where a chapter stands: what is stored of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    pub(crate) chapter: &'a str,
    pub(crate) kind: Kind,
    pub(crate) part: Option<&'a str>,
    /// Among its neighbours, from 0.
    pub(crate) position: usize,
    /// In the book, from 1.
    pub(crate) number: usize,
}

impl Order {
    /// Puts in a chapter that is not there yet.
    ///
    /// # Errors
    /// There is no such part, or the place is in a part and not of the body.
    pub(crate) fn insert(&mut self, chapter: &str, place: &Place) -> Result<(), NoPlace> {
        let at = |length: usize| place.position.map_or(length, |p| (p as usize).min(length));
        let neighbours = match (place.kind, &place.part) {
            (Kind::Body, None) => {
                let at = at(self.body.len());
                self.body.insert(at, Entry::Chapter(chapter.to_owned()));
                return Ok(());
            }
            (Kind::Body, Some(id)) => {
                let part = self.body.iter_mut().find_map(|entry| match entry {
                    Entry::Part(there, chapters) if there == id => Some(chapters),
                    _ => None,
                });
                part.ok_or(NoPlace("the book has no such part"))?
            }
            (_, Some(_)) => return Err(NoPlace("only chapters of the body are in parts")),
            (Kind::Front, None) => &mut self.front,
            (Kind::Back, None) => &mut self.back,
        };
        neighbours.insert(at(neighbours.len()), chapter.to_owned());
        Ok(())
    }

    /// Takes a chapter out; whether it was there.
    pub(crate) fn remove(&mut self, chapter: &str) -> bool {
        let before = self.chapters().len();
        self.front.retain(|id| id != chapter);
        self.back.retain(|id| id != chapter);
        self.body.retain(|entry| !matches!(entry, Entry::Chapter(id) if id == chapter));
        for entry in &mut self.body {
            if let Entry::Part(_, chapters) = entry {
                chapters.retain(|id| id != chapter);
            }
        }
        self.chapters().len() < before
    }

    /// Puts a chapter that is there at another place, counted without it.
    ///
    /// # Errors
    /// As [`insert`](Self::insert); nothing is changed then.
    pub(crate) fn relocate(&mut self, chapter: &str, place: &Place) -> Result<(), NoPlace> {
        let mut after = self.clone();
        if !after.remove(chapter) {
            return Err(NoPlace("the book has no such chapter"));
        }
        after.insert(chapter, place)?;
        *self = after;
        Ok(())
    }

    /// Puts in an empty part.
    pub(crate) fn insert_part(&mut self, part: &str, position: Option<u32>) {
        let at = position.map_or(self.body.len(), |p| (p as usize).min(self.body.len()));
        self.body.insert(at, Entry::Part(part.to_owned(), Vec::new()));
    }

    /// Takes a part away: its chapters stay where they are. Whether it was there.
    pub(crate) fn remove_part(&mut self, part: &str) -> bool {
        let Some(at) = self.body.iter().position(|entry| matches!(entry, Entry::Part(id, _) if id == part)) else {
            return false;
        };
        if let Entry::Part(_, chapters) = self.body.remove(at) {
            self.body.splice(at..at, chapters.into_iter().map(Entry::Chapter));
        }
        true
    }

    /// The chapters in the order in which they are read.
    pub(crate) fn chapters(&self) -> Vec<&str> {
        self.standings().into_iter().map(|standing| standing.chapter).collect()
    }

    /// The parts and their places in the body.
    pub(crate) fn parts(&self) -> BTreeMap<&str, usize> {
        self.body
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| match entry {
                Entry::Part(id, _) => Some((id.as_str(), at)),
                Entry::Chapter(_) => None,
            })
            .collect()
    }

    /// Where each chapter stands, in the order in which they are read.
    pub(crate) fn standings(&self) -> Vec<Standing<'_>> {
        let mut all = Vec::new();
        let mut add = |chapter, kind, part, position| {
            let number = all.len() + 1;
            all.push(Standing { chapter, kind, part, position, number });
        };
        self.front.iter().enumerate().for_each(|(n, id)| add(id, Kind::Front, None, n));
        for (n, entry) in self.body.iter().enumerate() {
            match entry {
                Entry::Chapter(id) => add(id, Kind::Body, None, n),
                Entry::Part(part, chapters) => {
                    chapters.iter().enumerate().for_each(|(n, id)| add(id, Kind::Body, Some(part), n));
                }
            }
        }
        self.back.iter().enumerate().for_each(|(n, id)| add(id, Kind::Back, None, n));
        all
    }

    /// Whether `other` has the same parts and chapters, each once.
    pub(crate) fn is_permutation(&self, other: &Self) -> bool {
        let sorted = |order: &Self| {
            let mut chapters: Vec<String> = order.chapters().into_iter().map(str::to_owned).collect();
            chapters.sort_unstable();
            let mut parts: Vec<String> = order
                .body
                .iter()
                .filter_map(|entry| match entry {
                    Entry::Part(id, _) => Some(id.clone()),
                    Entry::Chapter(_) => None,
                })
                .collect();
            parts.sort_unstable();
            (chapters, parts)
        };
        sorted(self) == sorted(other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Move {
        Insert(Place),
        Remove(usize),
        Relocate(usize, Place),
        InsertPart(u32),
        RemovePart(usize),
    }

    /// The parts that moves may name: some of them are there.
    fn place() -> impl Strategy<Value = Place> {
        let kind = prop_oneof![Just(Kind::Front), Just(Kind::Body), Just(Kind::Body), Just(Kind::Back)];
        let part = prop::option::of((0..6u32).prop_map(|n| format!("p{n}")));
        (kind, part, prop::option::of(0..9u32)).prop_map(|(kind, part, position)| Place { kind, part, position })
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            4 => place().prop_map(Move::Insert),
            1 => (0..30usize).prop_map(Move::Remove),
            4 => (0..30usize, place()).prop_map(|(n, place)| Move::Relocate(n, place)),
            1 => (0..9u32).prop_map(Move::InsertPart),
            1 => (0..6usize).prop_map(Move::RemovePart),
        ];
        prop::collection::vec(one, 0..40)
    }

    proptest! {
        #[test]
        fn no_chapter_is_lost_or_doubled_and_numbers_have_no_gaps(moves in moves()) {
            let (mut order, mut made, mut parts) = (Order::default(), 0, 0);
            let mut expected = std::collections::BTreeSet::new();
            for one in moves {
                let before = order.clone();
                let chapters: Vec<String> = before.chapters().into_iter().map(str::to_owned).collect();
                match one {
                    Move::Insert(place) => {
                        let id = format!("c{made}");
                        match order.insert(&id, &place) {
                            Ok(()) => { expected.insert(id.clone()); made += 1 }
                            Err(_) => prop_assert_eq!(&order, &before),
                        }
                        let mut undone = order.clone();
                        undone.remove(&id);
                        prop_assert_eq!(undone, before);
                    }
                    Move::Remove(n) => if let Some(id) = chapters.get(n) {
                        prop_assert!(order.remove(id));
                        expected.remove(id);
                    },
                    Move::Relocate(n, place) => if let Some(id) = chapters.get(n) {
                        let done = order.relocate(id, &place);
                        let others = |order: &Order| {
                            order.chapters().into_iter().filter(|c| c != id).map(str::to_owned).collect::<Vec<_>>()
                        };
                        prop_assert_eq!(others(&order), others(&before));
                        if done.is_err() { prop_assert_eq!(&order, &before); }
                        prop_assert!(order.is_permutation(&before));
                    },
                    Move::InsertPart(position) => { order.insert_part(&format!("p{parts}"), Some(position)); parts += 1 }
                    Move::RemovePart(n) => {
                        order.remove_part(&format!("p{n}"));
                        prop_assert_eq!(order.chapters(), before.chapters());
                    }
                }
                let standings = order.standings();
                let all: std::collections::BTreeSet<String> = standings.iter().map(|s| s.chapter.to_owned()).collect();
                prop_assert_eq!((&all, standings.len()), (&expected, expected.len()));
                prop_assert!(standings.iter().enumerate().all(|(n, s)| s.number == n + 1));
                prop_assert!(standings.is_sorted_by_key(|s| s.kind));
                // What is stored gives the same order again.
                prop_assert_eq!(&super::super::store::rebuilt(&order), &order);
            }
        }
    }
}
