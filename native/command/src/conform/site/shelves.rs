//! Shelves of many books, in leaves.

use std::collections::BTreeMap;

use aw_model::{BookCard, Leaf, Shelf, catalogue::LEAF, key, record};

use super::{Error, TENANT, VERSION, Value, shelf_names};

/// Puts the books on their shelves, the first of them as the oldest.
pub(super) fn put(cards: &[BookCard], values: &mut Vec<Value>) -> Result<(), Error> {
    let mut shelves: BTreeMap<String, (String, Vec<&BookCard>)> = BTreeMap::new();
    for card in cards {
        for (shelf, name) in shelf_names(card) {
            shelves.entry(shelf).or_insert_with(|| (name, Vec::new())).1.push(card);
        }
    }
    for (shelf, (name, books)) in shelves {
        let count = books.len() as u64;
        let head = Shelf { name, count, next: count };
        values.push((key::shelf(TENANT, &shelf), record::encode(VERSION, Some(&head))?));
        for (leaf, cards) in books.chunks(LEAF as usize).enumerate() {
            let first = leaf as u64 * LEAF;
            let books = cards.iter().enumerate().map(|(n, &card)| (first + n as u64, card.clone())).collect();
            values.push((key::leaf(TENANT, &shelf, leaf as u64), record::join(VERSION, &Leaf { books }.to_json()?)));
        }
    }
    Ok(())
}
