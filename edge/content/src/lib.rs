//! Books and chapters at the edge, the paywall with them.
//!
//! Reading is: manifest, access, object, out. A chapter's page is an object that is never opened here; whether a
//! reader may have it is decided from their token.
#![allow(async_fn_in_trait)]

mod asset;
mod book;
mod caching;
mod chapter;
mod epub;
mod feed;
mod file;
mod find;
mod moved;
mod object;
mod paywall;
mod range;
mod rule;

pub use asset::asset;
pub use book::{book_json, book_page};
pub use chapter::{chapter_json, chapter_page};
pub use epub::epub;
pub use feed::feed;
pub use file::file;
pub use moved::or_moved;
