//! Every version that was saved.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{change, text, write};

fn get(world: &World, tenant: &str, path: &str) -> Value {
    world.get(&Who::operator(tenant), &format!("/v1/drafts/book/chapters/1{path}")).expect(200).json()
}

#[test]
fn every_save_is_kept_told_apart_and_brought_back() {
    let world = World::new(&[]);
    let tenant = world.tenant("revisions");
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let texts = || world.sql(&tenant, "SELECT count(*) FROM texts").remove(0);
    for html in ["<p>Call me Ishmael.</p>", "<p>Call him Ishmael.</p>", "<p>Call me Ishmael.</p>"] {
        let _ = write(&world, &tenant, "book", 1, html);
    }
    assert_eq!(texts(), "2", "an old text again costs nothing");
    let etag = world.get(&operator, "/v1/drafts/book/chapters/1").expect(200).etag();
    let _ = write(&world, &tenant, "book", 1, "<p>Call me Ishmael.</p>").expect(200);
    assert_eq!(world.get(&operator, "/v1/drafts/book/chapters/1").expect(200).etag(), etag, "nothing changed");

    let first = get(&world, &tenant, "/revisions?limit=2");
    let numbers = |page: &Value| {
        page["data"].as_array().unwrap().iter().map(|r| r["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&first), [3, 2]);
    assert_eq!((text(&first["data"][0], "author"), text(&first["data"][0], "cause")), ("operator", "written"));
    let cursor = text(&first["pagination"], "nextCursor").to_owned();
    let second = get(&world, &tenant, &format!("/revisions?limit=2&cursor={cursor}"));
    assert_eq!((numbers(&second), &second["pagination"]["nextCursor"]), (vec![1], &Value::Null));
    assert_eq!(get(&world, &tenant, "/revisions/2")["data"]["html"], "<p>Call him Ishmael.</p>");

    let changes = get(&world, &tenant, "/diff?from=1&to=2")["data"]["changes"].clone();
    let expected = json!([
        { "op": "equal", "text": "Call " }, { "op": "delete", "text": "me " }, { "op": "insert", "text": "him " },
        { "op": "equal", "text": "Ishmael.\n" },
    ]);
    assert_eq!(changes, expected);
    for (path, status) in
        [("/revisions/9", 404), ("/revisions/x", 400), ("/diff?from=1", 400), ("/diff?from=1&to=9", 404)]
    {
        assert_eq!(world.get(&operator, &format!("/v1/drafts/book/chapters/1{path}")).status, status, "{path}");
    }

    let restore = |etag: &str| {
        change(&world, &tenant, ("POST", "/v1/books/book/chapters/1/revisions/2/restore"), etag, &json!({}))
    };
    let restored = restore(&etag).expect(200);
    assert_eq!((text(&restored.data(), "html"), &restored.data()["revision"]), ("<p>Call him Ishmael.</p>", &json!(4)));
    assert_eq!(restore(&etag).status, 412, "a lost update");
    assert_eq!(get(&world, &tenant, "/revisions?limit=1")["data"][0]["cause"], "restored");
    assert_eq!(texts(), "2");

    let draft = "/v1/books/book";
    let _ = change(&world, &tenant, ("DELETE", draft), "*", &json!({})).expect(204);
    assert_eq!(texts(), "0", "a removed book leaves no text");
}
