//! Books: written, imported, published, and pushed to the edges.
//!
//! Publishing freezes a book into immutable objects and small records that name them, and writes what has to reach
//! which edge in the same transaction. Everything an edge has can be read here, too.
#![allow(async_fn_in_trait)]

mod books;
mod deletion;
mod import;
mod operations;
mod operator;
mod publish;
mod ready;
mod service;
mod values;

pub use operations::operations;
pub use service::Content;
