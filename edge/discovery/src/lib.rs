//! Browsing the catalogue at the edge: newest, by tag, by author, by series.
//!
//! A page is read from a shelf's head and one to a few of its leaves, however many books there are.
#![allow(async_fn_in_trait)]

mod cursor;
mod feeds;
mod list;
mod page;
mod shelf;
mod sitemap;

pub use feeds::feed;
pub use list::books_json;
pub use page::shelf_page;
pub use shelf::ShelfName;
pub use sitemap::{format, robots, sitemap, sitemap_index};
