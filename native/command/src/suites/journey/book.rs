//! The book: imported, written in by two, published.

use aw_runtimes::cache;
use serde_json::{Value, json};

use super::{
    answer::{data, has_status, refused, same, shows, soon, text},
    person::Person,
    place::{OTHER, PRESS, Place},
};
use crate::suites::checks::Verdict;

/// A file of a book, and what is in it.
struct Given {
    file: &'static str,
    kind: &'static str,
    title: &'static str,
    author: &'static str,
    chapters: usize,
}

/// The book that is written in, and sold.
const NOVEL: Given = Given {
    file: "pride-and-prejudice.epub",
    kind: "epub",
    title: "Pride and Prejudice",
    author: "Jane Austen",
    chapters: 61,
};
/// Another, which comes as a folder.
const LEGENDS: Given =
    Given { file: "legend-land.zip", kind: "folder", title: "Legend Land", author: "Lyonesse", chapters: 17 };
/// How the first chapter begins.
pub(super) const FIRST: &str = "It is a truth universally acknowledged";
/// What the friend writes into it.
pub(super) const WRITTEN: &str = "She is tolerable, said the friend, and handsome enough.";

/// A book of the press.
pub(super) struct Book {
    pub(super) id: String,
    pub(super) slug: String,
    /// How its first chapter was before anybody wrote in it.
    first: Value,
}

/// The novel as it was imported: all of it is there, for who imported it.
pub(super) fn novel(owner: &mut Person) -> Result<Book, String> {
    let book = import(owner, &NOVEL)?;
    let html = text(&book.first, "html")?;
    if html.contains(FIRST) { Ok(book) } else { Err(format!("the first chapter is {html:.200}")) }
}

/// The other book, all of it.
pub(super) fn legends(owner: &mut Person) -> Result<Book, String> {
    import(owner, &LEGENDS)
}

fn import(owner: &mut Person, given: &Given) -> Result<Book, String> {
    let file = cache::checkout().join("tests/books").join(given.file);
    let bytes = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let path = format!("/v1/imports?kind={}&name={}", given.kind, given.file);
    let octets = [("content-type", "application/octet-stream")];
    let made = data(&owner.ask("POST", &path, &octets, &bytes)?, 201)?;
    let book = &made["book"];
    same("its title", &book["title"], &json!(given.title))?;
    let (id, slug) = (text(book, "id")?.to_owned(), text(book, "slug")?.to_owned());
    let draft = owner.see(&format!("/v1/drafts/{id}"))?;
    same("its authors", &draft["book"]["authors"], &json!([given.author]))?;
    same("its chapters", &draft["chapters"].as_array().map_or(0, Vec::len), &given.chapters)?;
    let first = owner.see(&format!("/v1/drafts/{id}/chapters/1"))?;
    Ok(Book { id, slug, first })
}

/// The helper may write once the owner says so, and the other never; what was not allowed has changed nothing.
pub(super) fn collaborate(book: &mut Book, owner: &mut Person, helper: &mut Person, other: &mut Person) -> Verdict {
    let (read, write) = (format!("/v1/drafts/{}/chapters/1", book.id), format!("/v1/books/{}/chapters/1", book.id));
    let html = format!("<p>{WRITTEN}</p>{}", text(&book.first, "html")?);
    let change = json!({ "title": book.first["title"], "html": html, "access": "free" });
    let version = book.first["version"].clone();
    for person in [&mut *helper, &mut *other] {
        refused(&person.get(&read)?, 404, "CONTENT_BOOK_NOT_FOUND")?;
        refused(&person.change("PUT", &write, &version, &change)?, 404, "CONTENT_BOOK_NOT_FOUND")?;
    }
    let invitation = json!({ "email": helper.email, "role": "editor" });
    let path = format!("/v1/books/{}/collaborators", book.id);
    refused(
        &other.ask("POST", &path, &[("content-type", "application/json")], invitation.to_string().as_bytes())?,
        404,
        "CONTENT_BOOK_NOT_FOUND",
    )?;
    let made = owner.send("POST", &path, &invitation, 201)?;
    same("who works on it", &made["email"], &json!(helper.email))?;
    let written = data(&helper.change("PUT", &write, &version, &change)?, 200)?;
    if written["version"] == version {
        return Err(format!("the version is {version} still"));
    }
    refused(&other.get(&read)?, 404, "CONTENT_BOOK_NOT_FOUND")?;
    refused(&other.change("PUT", &write, &written["version"], &change)?, 404, "CONTENT_BOOK_NOT_FOUND")?;
    // The version that the friend has replaced is no one's to write over.
    has_status(&owner.change("PUT", &write, &version, &change)?, 412)?;
    let now = owner.see(&read)?;
    same("its version", &now["version"], &written["version"])?;
    let html = text(&now, "html")?;
    if html.contains(WRITTEN) && html.contains(FIRST) { Ok(()) } else { Err(format!("it is {html:.300}")) }
}

/// Published, the book is at the edge as it was written; at the other press it is not.
pub(super) fn publish(place: &Place, book: &Book, owner: &mut Person) -> Verdict {
    let slug = &book.slug;
    let mut stranger = place.stranger(PRESS);
    has_status(&stranger.get(&format!("/books/{slug}"))?, 404)?;
    let done = owner.send("POST", &format!("/v1/books/{}/publish", book.id), &Value::Null, 200)?;
    same("its slug", &done["slug"], &json!(slug))?;
    soon(|| shows(&stranger.get(&format!("/books/{slug}/1"))?, 200, &[WRITTEN, FIRST]))?;
    soon(|| shows(&stranger.get(&format!("/books/{slug}"))?, 200, &[NOVEL.title, NOVEL.author]))?;
    soon(|| same("the shelf", &data(&stranger.get("/v1/books")?, 200)?[0]["slug"], &json!(slug)))?;
    let mut elsewhere = place.stranger(OTHER);
    has_status(&elsewhere.get(&format!("/books/{slug}"))?, 404)?;
    same("the other shelf", &data(&elsewhere.get("/v1/books")?, 200)?, &json!([]))
}

/// The other book is published, too, and stands on the shelf.
pub(super) fn publish_another(place: &Place, book: &Book, owner: &mut Person) -> Verdict {
    owner.send("POST", &format!("/v1/books/{}/publish", book.id), &Value::Null, 200)?;
    let mut stranger = place.stranger(PRESS);
    soon(|| shows(&stranger.get("/")?, 200, &[LEGENDS.title, NOVEL.title]))
}
