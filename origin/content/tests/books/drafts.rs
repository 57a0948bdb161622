//! Writing.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{change, import, text, write};

#[test]
fn a_lost_update_is_a_412_for_books_and_chapters() {
    let world = World::new(&[]);
    let tenant = world.tenant("lost");
    let book = import(&world, &tenant, "Lost", 2);
    let (draft, chapter) =
        (format!("/v1/drafts/{}", text(&book, "id")), format!("/v1/drafts/{}/chapters/1", text(&book, "id")));
    let operator = Who::operator(&tenant);
    let race = |read: &str, method: &str, write: &str, body: serde_json::Value| {
        let etag = world.get(&operator, read).expect(200).etag();
        let mut statuses = std::thread::scope(|scope| {
            let one = || change(&world, &tenant, (method, write), &etag, &body).status;
            let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412], "{method} {write}");
        assert_eq!(world.json(&operator, method, write, &body).expect(428).code(), "REQUEST_IF_MATCH_REQUIRED");
    };
    let target = draft.replace("drafts", "books");
    race(
        &draft,
        "PATCH",
        &target,
        json!({ "title": "Found", "tags": ["Sea"], "series": { "name": "S", "position": 1 } }),
    );
    let text = json!({ "title": "One", "html": "<p>x</p>" });
    race(&chapter, "PUT", &chapter.replace("drafts", "books"), text);
    let book = world.get(&operator, &draft).expect(200).data()["book"].clone();
    assert_eq!(
        (&book["title"], &book["series"]["name"], &book["language"]),
        (&json!("Found"), &json!("S"), &json!("en"))
    );
    let etag = world.get(&operator, &draft).expect(200).etag();
    let removed = change(&world, &tenant, ("PATCH", &target), &etag, &json!({ "series": null })).expect(200);
    assert_eq!(removed.data()["book"]["series"], json!(null));
    assert_eq!(change(&world, &tenant, ("DELETE", &target), &etag, &json!({})).status, 412);
    let _ = change(&world, &tenant, ("DELETE", &target), &removed.etag(), &json!({})).expect(204);
    let _ = world.get(&operator, &draft).expect(404);
    assert_eq!(world.sql(&tenant, "SELECT (SELECT count(*) FROM chapters) + (SELECT count(*) FROM books)"), ["0"]);
}

#[test]
fn chapters_are_sanitised_and_numbered_without_gaps() {
    let world = World::new(&[]);
    let tenant = world.tenant("chapters");
    let made = world.json(&Who::operator(&tenant), "POST", "/v1/books", &json!({ "title": "New", "slug": "my-own" }));
    let book = made.expect(201).data()["book"].clone();
    assert_eq!((text(&book, "slug"), &book["chapters"]), ("my-own", &json!(0)));
    assert_eq!(write(&world, &tenant, "my-own", 2, "<p>x</p>").expect(422).code(), "CONTENT_CHAPTER_INVALID");
    let html =
        "<p onclick=\"x()\">One <script>alert(1)</script><a href=\"chapter:0#a\">me</a><img src=\"asset:0\"></p>";
    let one = write(&world, &tenant, "my-own", 1, html).expect(201).data();
    // A link by number is one by id from now on.
    let link = format!("<a href=\"chapter:{}#t-a\" rel=\"noopener noreferrer\">me</a>", text(&one, "id"));
    assert_eq!(text(&one, "html"), format!("<p>One {link}<img></p>"));
    let _ = write(&world, &tenant, "my-own", 1, "<p>Again</p>").expect(200);
    let _ = write(&world, &tenant, "my-own", 2, "<p>x</p>").expect(201);
    let taken = world.json(&Who::operator(&tenant), "POST", "/v1/books", &json!({ "title": "x", "slug": "my-own" }));
    assert_eq!(taken.expect(409).code(), "CONTENT_SLUG_TAKEN");
    for (body, status) in [
        (json!({ "title": "" }), 422),
        (json!({ "title": "x", "slug": "No Slug" }), 422),
        (json!({ "title": "x", "tags": vec!["t"; 30] }), 201),
        (json!({ "title": "a\u{0}b" }), 422),
        (json!({ "name": "x" }), 400),
    ] {
        assert_eq!(world.json(&Who::operator(&tenant), "POST", "/v1/books", &body).status, status, "{body}");
    }
}

#[test]
fn a_range_of_chapters_gets_an_access() {
    let world = World::new(&[]);
    let tenant = world.tenant("range");
    let book = import(&world, &tenant, "Range", 5);
    let target = format!("/v1/books/{}/chapters", text(&book, "slug"));
    let set = |body| world.json(&Who::operator(&tenant), "PATCH", &target, &body);
    assert_eq!(set(json!({ "access": "tier:gold", "from": 3 })).expect(200).data()["changed"], 3);
    assert_eq!(set(json!({ "access": "members", "from": 2, "to": 3 })).expect(200).data()["changed"], 2);
    let access = world.sql(&tenant, "SELECT string_agg(access, ' ' ORDER BY number) FROM chapters");
    assert_eq!(access, ["free members members tier:gold tier:gold"]);
    for bad in [json!({ "access": "tier:Gold" }), json!({ "access": "all" })] {
        assert_eq!(set(bad.clone()).status, 400, "{bad}");
    }
    assert_eq!(set(json!({ "access": "free", "from": 6 })).expect(422).code(), "CONTENT_RANGE_INVALID");
}

#[test]
fn drafts_are_listed_newest_first() {
    let world = World::new(&[]);
    let tenant = world.tenant("drafts");
    for n in 0..3 {
        import(&world, &tenant, &format!("Book {n}"), 1);
    }
    let page =
        |cursor: &str| world.get(&Who::operator(&tenant), &format!("/v1/drafts?limit=2{cursor}")).expect(200).json();
    let first = page("");
    let slugs = |page: &serde_json::Value| {
        page["data"].as_array().unwrap().iter().map(|b| text(b, "slug").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(slugs(&first), ["book-2", "book-1"]);
    let second = page(&format!("&cursor={}", text(&first["pagination"], "nextCursor")));
    assert_eq!((slugs(&second), &second["pagination"]["nextCursor"]), (vec!["book-0".to_owned()], &json!(null)));
}
