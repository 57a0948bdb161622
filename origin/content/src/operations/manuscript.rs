//! Chapters, scenes and revisions.

use aw_openapi::{JsonSchema, Operation};

use super::{of_book, of_chapter};
use crate::{
    books::{AccessRange, DraftChapter},
    manuscript::{
        Difference, NewChapterText, Revision, Written,
        scene_routes::{SceneMove, SceneOrder, SceneText},
    },
};

/// How a text is shown.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "a schema and no value")]
enum Format {
    Html,
    Document,
}

/// How many chapters were changed.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema and no value")]
struct Changed {
    changed: u64,
}

const VERSION: &str = "The chapter's new version";

pub(super) fn operations() -> Vec<Operation> {
    [chapters(), scenes(), revisions()].into_iter().flatten().collect()
}

fn chapters() -> Vec<Operation> {
    vec![
        of_chapter(
            Operation::get("/v1/drafts/{book}/chapters/{chapter}", "getDraftChapter"),
            "viewer",
            "A chapter and its text",
        )
        .query::<Format>("format", "html, or document for the text as a tree; html where it is left out")
        .answers::<DraftChapter>(200)
        .with_header("ETag", "The chapter's version"),
        of_book(Operation::post("/v1/books/{book}/chapters", "createChapter"), "author", "Makes a chapter at a place")
            .idempotent()
            .body::<NewChapterText>()
            .answers::<DraftChapter>(201),
        of_chapter(
            Operation::put("/v1/books/{book}/chapters/{chapter}", "writeChapter"),
            "author",
            "Writes a chapter over what is there, or the one after the last",
        )
        .if_match()
        .body::<Written>()
        .answers::<DraftChapter>(200)
        .with_header("ETag", VERSION)
        .answers::<DraftChapter>(201)
        .with_header("ETag", VERSION)
        .refuses(&[409, 422]),
        of_chapter(
            Operation::delete("/v1/books/{book}/chapters/{chapter}", "removeChapter"),
            "editor",
            "Removes a chapter",
        )
        .if_match()
        .answers_nothing(204),
        of_book(
            Operation::patch("/v1/books/{book}/chapters", "setAccess"),
            "editor",
            "Says who may read a range of chapters",
        )
        .body::<AccessRange>()
        .answers::<Changed>(200)
        .refuses(&[422]),
    ]
}

fn scenes() -> Vec<Operation> {
    let changes = |operation: Operation, summary| {
        of_chapter(operation, "author", summary)
            .if_match()
            .answers::<DraftChapter>(200)
            .with_header("ETag", VERSION)
            .refuses(&[409, 422])
    };
    let one = |operation: Operation| operation.path::<String>("scene", "The scene's id");
    vec![
        of_chapter(
            Operation::post("/v1/books/{book}/chapters/{chapter}/scenes", "createScene"),
            "author",
            "Makes a scene",
        )
        .idempotent()
        .body::<SceneText>()
        .answers::<DraftChapter>(201),
        changes(
            Operation::put("/v1/books/{book}/chapters/{chapter}/scenes", "orderScenes"),
            "Puts the scenes of a chapter in another order",
        )
        .body::<SceneOrder>(),
        one(changes(
            Operation::put("/v1/books/{book}/chapters/{chapter}/scenes/{scene}", "writeScene"),
            "Writes a scene",
        ))
        .body::<SceneText>(),
        one(changes(
            Operation::delete("/v1/books/{book}/chapters/{chapter}/scenes/{scene}", "removeScene"),
            "Removes a scene",
        )),
        one(changes(
            Operation::post("/v1/books/{book}/chapters/{chapter}/scenes/{scene}/move", "moveScene"),
            "Takes a scene to another place or chapter, which is answered",
        ))
        .body::<SceneMove>(),
    ]
}

fn revisions() -> Vec<Operation> {
    let one = |operation: Operation| operation.path::<u32>("number", "The revision's number");
    vec![
        of_chapter(
            Operation::get("/v1/drafts/{book}/chapters/{chapter}/revisions", "listRevisions"),
            "viewer",
            "Every version that was saved, newest first",
        )
        .pages::<Revision>(),
        one(of_chapter(
            Operation::get("/v1/drafts/{book}/chapters/{chapter}/revisions/{number}", "getRevision"),
            "viewer",
            "A version that was saved, with its text",
        ))
        .answers::<Revision>(200),
        of_chapter(
            Operation::get("/v1/drafts/{book}/chapters/{chapter}/diff", "diffRevisions"),
            "viewer",
            "How one revision differs from another, word by word",
        )
        .query_required::<u32>("from", "The number of the revision before")
        .query_required::<u32>("to", "The number of the revision after")
        .answers::<Difference>(200),
        one(of_chapter(
            Operation::post("/v1/books/{book}/chapters/{chapter}/revisions/{number}/restore", "restoreRevision"),
            "author",
            "Makes a new revision of an earlier one",
        ))
        .if_match()
        .answers::<DraftChapter>(200)
        .with_header("ETag", VERSION)
        .refuses(&[409, 422]),
    ]
}
