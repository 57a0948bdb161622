//! How a book is put together.

use aw_openapi::Operation;

use super::{of_book, of_chapter};
use crate::structure::{NewOrder, NewPart, Part, PartChange, Place, Structure};

const VERSION: &str = "The structure's version";

pub(super) fn operations() -> Vec<Operation> {
    let part = |operation: Operation, summary| {
        of_book(operation, "editor", summary)
            .path::<String>("part", "The part's id")
            .answers::<Structure>(200)
            .with_header("ETag", VERSION)
    };
    vec![
        of_book(
            Operation::get("/v1/drafts/{book}/structure", "getStructure"),
            "viewer",
            "Front matter, parts and chapters, back matter, in their order",
        )
        .answers::<Structure>(200)
        .with_header("ETag", VERSION),
        of_book(
            Operation::put("/v1/books/{book}/structure", "setStructure"),
            "editor",
            "Puts all parts and chapters in another order at once",
        )
        .if_match()
        .body::<NewOrder>()
        .answers::<Structure>(200)
        .with_header("ETag", VERSION)
        .refuses(&[422]),
        of_chapter(
            Operation::post("/v1/books/{book}/chapters/{chapter}/move", "moveChapter"),
            "editor",
            "Takes a chapter to another place",
        )
        .body::<Place>()
        .answers::<Structure>(200)
        .with_header("ETag", VERSION)
        .refuses(&[422]),
        of_book(Operation::post("/v1/books/{book}/parts", "createPart"), "editor", "Makes an empty part")
            .idempotent()
            .body::<NewPart>()
            .answers::<Part>(201),
        part(Operation::patch("/v1/books/{book}/parts/{part}", "changePart"), "Gives a part another title")
            .body::<PartChange>()
            .refuses(&[422]),
        part(
            Operation::delete("/v1/books/{book}/parts/{part}", "removePart"),
            "Takes a part away; its chapters stay where they are",
        ),
    ]
}
