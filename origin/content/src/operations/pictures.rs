//! Pictures.

use aw_openapi::Operation;

use super::of_book;
use crate::pictures::Picture;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        of_book(Operation::get("/v1/drafts/{book}/pictures", "listPictures"), "viewer", "The pictures of a book")
            .answers::<Vec<Picture>>(200),
        of_book(Operation::get("/v1/drafts/{book}/pictures/{number}", "getPicture"), "viewer", "A picture's bytes")
            .path::<u32>("number", "The picture's number")
            .answers_bytes(200, "image/*"),
        of_book(
            Operation::post("/v1/books/{book}/pictures", "addPicture"),
            "author",
            "Takes a picture, at most 16 MB; one that the book has already is that one",
        )
        .query::<String>("name", "The file's name")
        .bytes("image/png")
        .bytes("image/jpeg")
        .bytes("image/gif")
        .bytes("image/webp")
        .answers::<Picture>(200)
        .answers::<Picture>(201)
        .refuses(&[422]),
    ]
}
