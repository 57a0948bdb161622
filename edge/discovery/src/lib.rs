//! Browsing the catalogue at the edge: newest, by tag, by author, by series.
//!
//! A page is read from a shelf's head and one to a few of its leaves, however many books there are.
#![allow(async_fn_in_trait)]

mod cursor;
mod list;
mod page;
mod shelf;

pub use list::books_json;
pub use page::shelf_page;
pub use shelf::ShelfName;
