//! A leaf's cards, left closed: a page shows a few of them, and a list of books is their JSON as it is.

use aw_model::{BookCard, catalogue::LeafLines};
use bytes::Bytes;

use crate::values::FromJson;

/// The cards of a [`Leaf`].
#[derive(Debug)]
pub struct Cards(Bytes);

/// A book's card as it lies in its record.
#[derive(Clone, Debug)]
pub struct Card(Bytes);

impl FromJson for Cards {
    fn from_json(json: &Bytes) -> serde_json::Result<Self> {
        match LeafLines::of(json) {
            Some(_) => Ok(Self(json.clone())),
            None => Err(serde::de::Error::custom("a leaf is written line by line")),
        }
    }
}

impl Cards {
    /// Ordinals and cards, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (u64, Card)> {
        LeafLines::of(&self.0).into_iter().flatten().map(|(ordinal, card)| (ordinal, Card(self.0.slice_ref(card))))
    }
}

impl Card {
    /// Its JSON.
    pub fn json(&self) -> &[u8] {
        &self.0
    }

    /// What it says.
    ///
    /// # Errors
    /// It is no card.
    pub fn open(&self) -> serde_json::Result<BookCard> {
        serde_json::from_slice(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use aw_model::{BookCard, Leaf};
    use bytes::Bytes;

    use super::{Cards, FromJson};

    #[test]
    fn cards_are_what_was_written() {
        let card = |n: u32| BookCard { title: format!("\"{n}\" ]}}, ü"), chapters: n, ..BookCard::default() };
        let leaf = Leaf { books: vec![(7, card(1)), (9, card(2))] };
        let json = leaf.to_json().expect("JSON").into();
        let cards: Vec<_> = Cards::from_json(&json).expect("a leaf").newest_first().collect();
        let open: Vec<_> = cards.iter().rev().map(|(n, card)| (*n, card.open().expect("a card"))).collect();
        assert_eq!(open, leaf.books);
        assert_eq!(cards[0].1.json(), serde_json::to_vec(&leaf.books[1].1).expect("JSON"));
        let in_one_line = serde_json::to_vec(&leaf).expect("JSON");
        assert!(Cards::from_json(&in_one_line.into()).is_err());
        assert!(Cards::from_json(&Bytes::from_static(b"{\"books\":[[1,{]]}")).is_err());
        assert!(Cards::from_json(&Bytes::from_static(b"{}")).is_err());
    }
}
