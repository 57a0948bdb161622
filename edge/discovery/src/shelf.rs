//! Books from a shelf, newest first.

use aw_edge_core::{Call, Card, Cards, Context, values};
use aw_model::{BookCard, catalogue::LEAF, key, slug::is_slug};
use aw_platform::{ApiError, Platform};

use crate::cursor::Cursor;

/// The most leaves that one page is read from. Leaves with holes (unpublished books) may give a page that is shorter
/// than was asked for, with a cursor to go on from.
const LEAVES: u32 = 8;

/// A shelf's name: of a kind, and its slug there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShelfName<'a> {
    /// All books.
    Newest,
    /// Those with a tag.
    Tag(&'a str),
    /// Those by an author.
    Author(&'a str),
    /// Those of a series.
    Series(&'a str),
}

impl ShelfName<'_> {
    /// The shelf in keys; `None` where the name is no slug.
    fn in_keys(self) -> Option<String> {
        let (kind, slug) = match self {
            Self::Newest => return Some("newest".to_owned()),
            Self::Tag(slug) => ("tag", slug),
            Self::Author(slug) => ("author", slug),
            Self::Series(slug) => ("series", slug),
        };
        is_slug(slug).then(|| format!("{kind}/{slug}"))
    }

    /// The shelf's page.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Newest => "/".to_owned(),
            Self::Tag(slug) => format!("/tags/{slug}"),
            Self::Author(slug) => format!("/authors/{slug}"),
            Self::Series(slug) => format!("/series/{slug}"),
        }
    }
}

/// Some books of a shelf.
pub(crate) struct Books {
    /// The shelf's name as shown.
    pub(crate) name: String,
    /// How many books stand on the shelf.
    pub(crate) count: u64,
    /// Newest first.
    pub(crate) cards: Vec<Card>,
    /// Where there may be more.
    pub(crate) next: Option<Cursor>,
}

impl Books {
    /// What the cards say.
    ///
    /// # Errors
    /// 500 where one is no card.
    pub(crate) fn open<P: Platform>(&self, call: &Call<P>) -> Result<Vec<BookCard>, ApiError> {
        self.cards.iter().map(|card| open(call, card)).collect()
    }
}

/// What a card says.
///
/// # Errors
/// 500 where it is none.
pub(crate) fn open<P: Platform>(call: &Call<P>, card: &Card) -> Result<BookCard, ApiError> {
    card.open().map_err(|error| values::unreadable(call, "a book's card", error))
}

/// At most `limit` books of a shelf, below `cursor` where there is one; `None` where there is no such shelf.
///
/// # Errors
/// 503 where this edge does not have it and the origin cannot be asked.
pub(crate) async fn read<P: Platform>(
    ctx: &Context<P>,
    shelf: ShelfName<'_>,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Option<Books>, ApiError> {
    let Some(shelf) = shelf.in_keys() else { return Ok(None) };
    let tenant = &ctx.site.tenant().id;
    let head = values::record(&ctx.call, &key::shelf(tenant, &shelf), &ctx.call.edge.shelves).await?;
    let Some(head) = head.as_ref().and_then(|head| head.value.as_ref()) else { return Ok(None) };
    let mut books = Books { name: head.name.clone(), count: head.count, cards: Vec::with_capacity(limit), next: None };
    let Some(newest) = head.next.checked_sub(1) else { return Ok(Some(books)) };
    // A cursor from an edge that knows newer books than this one is no error.
    let (mut leaf, below) = match cursor {
        None => (newest / LEAF, u64::MAX),
        Some(Cursor(0)) => return Ok(Some(books)),
        Some(Cursor(below)) => ((below - 1).min(newest) / LEAF, below),
    };
    for _ in 0..LEAVES {
        let record = values::record(&ctx.call, &key::leaf(tenant, &shelf, leaf), &ctx.call.edge.leaves).await?;
        let cards = record.iter().filter_map(|record| record.value.as_ref()).flat_map(Cards::newest_first);
        for (ordinal, card) in cards.filter(|(ordinal, _)| *ordinal < below) {
            if books.cards.len() == limit {
                books.next = Some(Cursor(ordinal + 1));
                return Ok(Some(books));
            }
            books.cards.push(card);
        }
        match leaf.checked_sub(1) {
            None => return Ok(Some(books)),
            Some(before) => leaf = before,
        }
        if books.cards.len() == limit {
            break;
        }
    }
    books.next = Some(Cursor((leaf + 1) * LEAF));
    Ok(Some(books))
}
