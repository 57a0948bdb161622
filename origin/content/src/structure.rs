//! How a book is put together: front matter, parts and chapters, back matter.

mod change;
mod order;
mod routes;
mod shown;
mod store;

pub(crate) use change::{insert_chapter, remove_chapter};
pub(crate) use order::{Kind, Place};
pub(crate) use routes::{NewPart, PartChange, route};
pub(crate) use shown::{NewOrder, Part, Structure};
