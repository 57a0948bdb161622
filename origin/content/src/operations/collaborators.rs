//! Who works on a book.

use aw_openapi::Operation;

use super::{Id, of_book};
use crate::collaborators::{Collaborator, Invitation, NewRole};

pub(super) fn operations() -> Vec<Operation> {
    let one = |operation: Operation, summary| {
        of_book(operation, "owner", summary).path::<Id>("user", "The account's id").refuses(&[409])
    };
    vec![
        of_book(
            Operation::get("/v1/drafts/{book}/collaborators", "listCollaborators"),
            "viewer",
            "Who works on a book",
        )
        .pages::<Collaborator>(),
        of_book(
            Operation::post("/v1/books/{book}/collaborators", "inviteCollaborator"),
            "owner",
            "Lets the account of an address work on a book",
        )
        .idempotent()
        .body::<Invitation>()
        .answers::<Collaborator>(201),
        one(
            Operation::patch("/v1/books/{book}/collaborators/{user}", "changeCollaborator"),
            "Gives a collaborator another role",
        )
        .body::<NewRole>()
        .answers::<Collaborator>(200),
        one(
            Operation::delete("/v1/books/{book}/collaborators/{user}", "removeCollaborator"),
            "Ends a collaboration; everybody may leave",
        )
        .answers_nothing(204),
    ]
}
