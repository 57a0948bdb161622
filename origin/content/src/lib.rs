//! Books: written, imported, published, and pushed to the edges.
//!
//! Publishing freezes a book into immutable objects and small records that name them, and writes what has to reach
//! which edge in the same transaction. Everything an edge has can be read here, too.
#![allow(async_fn_in_trait)]

mod ask;
mod books;
mod collaborators;
mod deletion;
mod description;
mod export;
mod import;
mod installation;
mod lifecycle;
mod manuscript;
mod operations;
mod operator;
mod parts;
mod pictures;
mod publish;
mod rights;
mod service;
mod structure;
mod values;

pub use operations::operations;
pub use parts::{Answer, Books, Imported, Imports, Installed, Only, Part, Tenants, Written};
pub use service::Content;
