//! Books as wholes, and publishing.

use aw_model::access::STAFF;
use aw_openapi::{Access, Operation};

use super::of_book;
use crate::{
    books::{BookAnswer, BookChange, Draft, DraftAnswer, NewBook},
    publish::Published,
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/drafts", "listDrafts")
            .about(
                "books",
                "The books that the caller works on, published or not, newest first; all of them for editors",
            )
            .access(Access::ReaderOrOperator)
            .pages::<Draft>(),
        of_book(
            Operation::get("/v1/drafts/{book}", "getDraft"),
            "viewer",
            "A book and its chapters, without their texts",
        )
        .answers::<DraftAnswer>(200)
        .with_header("ETag", "The book's version"),
        Operation::post("/v1/books", "createBook")
            .about("books", "Makes a book, which is its maker's")
            .access(Access::Roles(&STAFF))
            .idempotent()
            .body::<NewBook>()
            .answers::<BookAnswer>(201),
        of_book(Operation::patch("/v1/books/{book}", "changeBook"), "editor", "Changes what is said of a book")
            .if_match()
            .body::<BookChange>()
            .answers::<BookAnswer>(200)
            .with_header("ETag", "The book's new version")
            .refuses(&[409, 422]),
        of_book(Operation::delete("/v1/books/{book}", "removeBook"), "owner", "Removes a book, from its readers first")
            .if_match()
            .answers_nothing(204),
        of_book(
            Operation::post("/v1/books/{book}/publish", "publishBook"),
            "editor",
            "Gives readers the book as it is",
        )
        .answers::<Published>(200)
        .refuses(&[409, 422]),
        of_book(
            Operation::post("/v1/books/{book}/unpublish", "unpublishBook"),
            "editor",
            "Takes the book from its readers",
        )
        .answers::<Published>(200),
    ]
}
