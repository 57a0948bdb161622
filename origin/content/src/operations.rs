//! The API's description of this service.

mod books;
mod collaborators;
mod deletion;
mod imports;
mod lifecycle;
mod manuscript;
mod pictures;
mod structure;
mod tenants;

use aw_openapi::{Access, JsonSchema, Operation};

use crate::rights::ALL;

/// Every documented route of the service.
pub fn operations() -> Vec<Operation> {
    [
        books::operations(),
        collaborators::operations(),
        deletion::operations(),
        crate::export::operations(),
        imports::operations(),
        lifecycle::operations(),
        manuscript::operations(),
        pictures::operations(),
        structure::operations(),
        tenants::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An operation on a book, for who works on it as `least` or more.
pub(crate) fn of_book(operation: Operation, least: &'static str, summary: &'static str) -> Operation {
    operation
        .about("books", summary)
        .access(Access::Collaborators { least, roles: &ALL })
        .path::<String>("book", "The book's id or slug")
}

/// An operation on a chapter.
fn of_chapter(operation: Operation, least: &'static str, summary: &'static str) -> Operation {
    of_book(operation, least, summary).path::<String>("chapter", "The chapter's number or id")
}

/// A UUID.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Id(#[schemars(length(min = 36, max = 36), extend("format" = "uuid"))] String);
