//! A book with all that it can have.

use serde_json::{Value, json};

use super::files::PNG;
use crate::{
    document::RIGHTS,
    press::{Person, Press},
    text,
    things::Things,
};

/// Who works on every book, in these roles: readers of the press.
pub(crate) fn people<'p>(press: &'p Press<'_>) -> impl Iterator<Item = (&'static str, Person)> + 'p {
    RIGHTS.into_iter().map(|role| (role, press.person(&format!("book-{role}"), "reader")))
}

/// A book of two chapters, the first of two scenes and two revisions; a part, a picture and collaborators. What is
/// published says the marker in its second chapter only, which is for members.
pub(super) fn make(press: &Press<'_>, published: bool) -> Things {
    let maker = press.person("maker", "author");
    let n = press.next();
    let ask = |method: &str, target: String, body: &Value| press.json(&maker, method, &target, body);
    let marker = &press.marker;
    let title = if published { format!("Book {n}") } else { format!("Book {n} {marker}") };
    let made =
        ask("POST", "/v1/books".into(), &json!({ "title": title, "slug": format!("book-{n}") })).expect(201).data();
    let book = text(&made["book"], "id").to_owned();
    let at = |rest: &str| format!("/v1/books/{book}/{rest}");
    let open = if published { "open to all" } else { marker.as_str() };
    for text in ["first", "second"] {
        let chapter = json!({ "title": "One", "html": format!("<p>{text} {open}</p><hr><p>more</p>") });
        assert!(ask("PUT", at("chapters/1"), &chapter).status < 202);
    }
    let closed = json!({ "title": "Two", "html": format!("<p>closed {marker}</p>"), "access": "members" });
    let second = ask("PUT", at("chapters/2"), &closed).expect(201).data();
    let first = ask("GET", format!("/v1/drafts/{book}/chapters/1"), &Value::Null).expect(200).data();
    let part = ask("POST", at("parts"), &json!({ "title": "Part" })).expect(201).data();
    let name = format!("{}?name={marker}.png", at("pictures"));
    let _ = press.ask(Some(&maker.token), ("POST", &name), &[("content-type", "image/png")], &PNG).expect(201);
    for (role, person) in people(press) {
        let invitation = json!({ "email": person.email, "role": role });
        let _ = ask("POST", at("collaborators"), &invitation).expect(201);
    }
    let guest = press.person("book-guest", "reader");
    let _ = ask("POST", at("collaborators"), &json!({ "email": guest.email, "role": "viewer" })).expect(201);
    if published {
        let _ = ask("POST", at("publish"), &Value::Null).expect(200);
    }
    Things::default()
        .with("book", book.as_str())
        .with("chapter", text(&first, "id"))
        .with("second", text(&second, "id"))
        .with("scene", text(&first["scenes"][0], "id"))
        .with("later", text(&first["scenes"][1], "id"))
        .with("part", text(&part, "id"))
        .with("user", guest.id)
        .with("invited", press.person("author", "author").email)
}

/// An import of the caller's, where they may have one; else the maker's.
pub(super) fn import(press: &Press<'_>, caller: Option<&Person>) -> Things {
    let id = press.uuid();
    let target = format!("/v1/imports?kind=markdown&name=x.md&id={id}");
    let body = format!("# {}\n\n## One\n\nText.\n", press.marker);
    let begin = |person: &Person| {
        press.ask(Some(&person.token), ("POST", &target), &[("content-type", "text/markdown")], body.as_bytes())
    };
    if caller.is_none_or(|caller| begin(caller).status != 201) {
        let _ = begin(&press.person("maker", "author")).expect(201);
    }
    Things::default().with("id", id)
}
