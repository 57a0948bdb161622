//! The vocabulary that both tiers speak: what the origin publishes and the edge reads.
//!
//! Publishing freezes a book into [objects](key::object) addressed by their SHA-256, and small *records* that name
//! them: one [`Tenant`] per host, one [`Manifest`] per book, and the [lists](Shelf) that browsing reads. A record
//! carries a [version](record) that only grows; an object never changes.

pub mod access;
pub mod book;
pub mod catalogue;
pub mod file;
pub mod key;
mod lines;
pub mod matter;
pub mod names;
pub mod object;
pub mod record;
pub mod slug;
pub mod tenant;
pub mod time;

pub use access::{Access, Opening};
pub use book::{Asset, Book, Chapter, Contributor, EPUB, Manifest, ObjectRef, Series};
pub use catalogue::{BookCard, Leaf, Shelf};
pub use file::PublicFile;
pub use matter::Matter;
pub use tenant::{LoginProvider, Revocation, Tenant, TokenKey};
