//! Where a book stands on shelves: a function of what stands there.

use std::collections::BTreeMap;

use aw_model::{
    Book, BookCard, Leaf, Manifest, Shelf,
    catalogue::{LEAF, SUMMARY},
    slug::slugify,
};

/// A shelf's row, and the book's place on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) shelf: Shelf,
    /// The book's ordinal, where it stands there.
    pub(super) ordinal: Option<u64>,
}

/// What becomes of a shelf.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// The head after it; with no book on it, it is none for the edges, except the shelf of everything.
    pub(super) shelf: Shelf,
    /// The book's new ordinal, where it is put there now.
    pub(super) placed: Option<u64>,
    /// Whether it is taken away now.
    pub(super) taken: bool,
    /// The leaf that is written anew.
    pub(super) leaf: u64,
}

/// The shelf of everything.
pub(super) const NEWEST: &str = "newest";

/// The shelves that a book stands on, and their names as shown.
pub(super) fn wanted(book: &Book) -> BTreeMap<String, String> {
    let mut shelves = BTreeMap::from([(NEWEST.to_owned(), "Newest".to_owned())]);
    let mut add = |kind: &str, name: &str| {
        shelves.entry(format!("{kind}/{}", slugify(name))).or_insert_with(|| name.to_owned());
    };
    book.tags.iter().for_each(|tag| add("tag", tag));
    book.authors.iter().for_each(|author| add("author", author));
    book.series.iter().for_each(|series| add("series", &series.name));
    shelves
}

/// What shelves show of a published book.
pub(super) fn card(manifest: &Manifest) -> BookCard {
    let book = &manifest.book;
    BookCard {
        id: book.id.clone(),
        slug: book.slug.clone(),
        title: book.title.clone(),
        authors: book.authors.clone(),
        tags: book.tags.clone(),
        series: book.series.clone(),
        cover: book.cover.clone(),
        chapters: u32::try_from(manifest.chapters.len()).unwrap_or(u32::MAX),
        published_at: book.published_at.clone(),
        updated_at: book.updated_at.clone(),
        language: book.language.clone(),
        summary: book.description.chars().take(SUMMARY).collect(),
        epub: manifest.epub.as_ref().map(|epub| epub.access.clone()),
    }
}

/// What becomes of a shelf where a book is to stand on it, or not; `None` where nothing does.
pub(super) fn change(standing: &Standing, stands: bool) -> Option<Change> {
    let mut shelf = standing.shelf.clone();
    let (placed, taken, ordinal) = match (standing.ordinal, stands) {
        (Some(ordinal), true) => (None, false, ordinal),
        (Some(ordinal), false) => {
            shelf.count = shelf.count.saturating_sub(1);
            (None, true, ordinal)
        }
        (None, true) => {
            let ordinal = shelf.next;
            shelf.next += 1;
            shelf.count += 1;
            (Some(ordinal), false, ordinal)
        }
        (None, false) => return None,
    };
    Some(Change { shelf, placed, taken, leaf: ordinal / LEAF })
}

/// The leaf with the book's card at `ordinal` as it is to be; `None` takes it away.
pub(super) fn leaf(mut leaf: Leaf, ordinal: u64, card: Option<&BookCard>) -> Leaf {
    let at = leaf.books.binary_search_by_key(&ordinal, |(ordinal, _)| *ordinal);
    match (at, card) {
        (Ok(at), Some(card)) => leaf.books[at].1 = card.clone(),
        (Ok(at), None) => drop(leaf.books.remove(at)),
        (Err(at), Some(card)) => leaf.books.insert(at, (ordinal, card.clone())),
        (Err(_), None) => {}
    }
    leaf
}

#[cfg(test)]
mod tests {
    use aw_model::Series;

    use super::*;

    fn card(id: u64) -> BookCard {
        BookCard {
            id: id.to_string(),
            slug: id.to_string(),
            title: id.to_string(),
            authors: vec![],
            tags: vec![],
            series: None,
            cover: None,
            chapters: 1,
            ..BookCard::default()
        }
    }

    fn shelf(count: u64, next: u64) -> Shelf {
        Shelf { name: "S".into(), count, next }
    }

    #[test]
    fn a_book_stands_on_the_shelves_of_its_tags_authors_and_series() {
        let book = Book {
            id: "b".into(),
            slug: "b".into(),
            title: "B".into(),
            authors: vec!["Ann Ä.".into()],
            language: "en".into(),
            description: String::new(),
            tags: vec!["Sea".into(), "sea!".into()],
            series: Some(Series { name: "Whales".into(), position: 2 }),
            contributors: vec![],
            licence: None,
            cover: None,
            published_at: String::new(),
            updated_at: String::new(),
        };
        let shelves: Vec<_> = wanted(&book).into_iter().collect();
        let own = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let expected = [
            own("author/ann-a", "Ann Ä."),
            own("newest", "Newest"),
            own("series/whales", "Whales"),
            own("tag/sea", "Sea"),
        ];
        assert_eq!(shelves, expected);
    }

    #[test]
    fn ordinals_only_grow() {
        let placed = change(&Standing { shelf: shelf(0, 50), ordinal: None }, true).unwrap();
        assert_eq!(placed, Change { shelf: shelf(1, 51), placed: Some(50), taken: false, leaf: 1 });
        let taken = change(&Standing { shelf: shelf(1, 51), ordinal: Some(50) }, false).unwrap();
        assert_eq!(taken, Change { shelf: shelf(0, 51), placed: None, taken: true, leaf: 1 });
        let stays = change(&Standing { shelf: shelf(3, 51), ordinal: Some(7) }, true).unwrap();
        assert_eq!(stays, Change { shelf: shelf(3, 51), placed: None, taken: false, leaf: 0 });
        assert_eq!(change(&Standing { shelf: shelf(1, 1), ordinal: None }, false), None);
    }

    #[test]
    fn a_leaf_keeps_its_order() {
        let full = [9, 3, 5].into_iter().fold(Leaf::default(), |l, n| leaf(l, n, Some(&card(n))));
        assert_eq!(full.books.iter().map(|b| b.0).collect::<Vec<_>>(), [3, 5, 9]);
        let changed = leaf(full.clone(), 5, Some(&card(6)));
        assert_eq!(changed.books[1], (5, card(6)));
        assert_eq!(leaf(full.clone(), 5, None).books.len(), 2);
        assert_eq!(leaf(full.clone(), 4, None), full);
    }
}
