//! Imports.

use aw_model::access::STAFF;
use aw_openapi::{Access, JsonSchema, Operation};

use super::Id;
use crate::{books::BookAnswer, import::Import};

/// What a file is.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "a schema and no value")]
enum Kind {
    Epub,
    Markdown,
    Html,
    /// A ZIP of Markdown or HTML files and pictures.
    Folder,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/imports", "importBook")
            .about("books", "Makes a book of a file, at most 256 MB; a broken one leaves nothing behind")
            .access(Access::Roles(&STAFF))
            .query::<Kind>("kind", "What the file is; told from its media type or name where it is left out")
            .query::<String>("name", "The file's name")
            .query::<Id>("id", "An id, chosen by the caller, under which to watch how far it is")
            .idempotent()
            .bytes("application/epub+zip")
            .bytes("application/zip")
            .bytes("text/markdown")
            .bytes("text/html")
            .bytes("application/octet-stream")
            .answers::<BookAnswer>(201),
        Operation::get("/v1/imports/{id}", "getImport")
            .about("books", "How far an import is, for who began it")
            .access(Access::ReaderOrOperator)
            .path::<Id>("id", "The id that was chosen for it")
            .answers::<Import>(200)
            .refuses(&[404]),
    ]
}
