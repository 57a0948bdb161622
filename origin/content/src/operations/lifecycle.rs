//! States, schedules, and the work that is due.

use aw_openapi::{Access, Operation};

use super::{of_book, of_chapter};
use crate::{
    books::{BookAnswer, DraftChapter},
    lifecycle::{
        Worked,
        routes::{NewOpenings, NewSchedule, NewState, Schedule},
    },
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        of_book(
            Operation::post("/v1/books/{book}/state", "changeState"),
            "editor",
            "Brings a book to another state: published, archived and back are seen by readers",
        )
        .if_match()
        .body::<NewState>()
        .answers::<BookAnswer>(200)
        .with_header("ETag", "The book's version")
        .refuses(&[409, 422]),
        of_book(Operation::get("/v1/drafts/{book}/schedule", "getSchedule"), "viewer", "When what is to be released")
            .answers::<Schedule>(200)
            .with_header("ETag", "The book's version"),
        of_book(
            Operation::put("/v1/books/{book}/schedule", "setSchedule"),
            "editor",
            "Says when the book is published, and how its chapters are released one after the other",
        )
        .if_match()
        .body::<NewSchedule>()
        .answers::<Schedule>(200)
        .with_header("ETag", "The book's new version")
        .refuses(&[409, 422]),
        of_chapter(
            Operation::put("/v1/books/{book}/chapters/{chapter}/openings", "setOpenings"),
            "editor",
            "Says from when on who may read a chapter that is in no serial",
        )
        .if_match()
        .body::<NewOpenings>()
        .answers::<DraftChapter>(200)
        .with_header("ETag", "The chapter's new version")
        .refuses(&[409, 422]),
        Operation::post("/_aw/work/content", "workContent")
            .about("operator", "Publishes what is due in every tenant, for a while")
            .access(Access::Operator)
            .answers::<Worked>(200),
    ]
}
