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

/// An operation on a book: 404 for who may not see it, 403 for who may not do it.
fn of_book(operation: Operation, summary: &'static str) -> Operation {
    operation
        .about("books", summary)
        .access(Access::Reader)
        .path::<String>("book", "The book's id or slug")
        .refuses(&[403, 404])
}

/// An operation on a chapter.
fn of_chapter(operation: Operation, summary: &'static str) -> Operation {
    of_book(operation, summary).path::<String>("chapter", "The chapter's number or id")
}

/// A UUID.
#[derive(JsonSchema)]
#[schemars(inline, transparent)]
#[expect(dead_code, reason = "a schema and no value")]
struct Id(#[schemars(length(min = 36, max = 36), extend("format" = "uuid"))] String);
