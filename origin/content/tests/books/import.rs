//! Importing.

use aw_origin_harness::{Answer, Who, World};
use serde_json::json;

use super::{epub, markdown, text};

const EVERYTHING: &str = "SELECT (SELECT count(*) FROM books) + (SELECT count(*) FROM chapters) \
    + (SELECT count(*) FROM assets) + (SELECT count(*) FROM idempotency) + (SELECT count(*) FROM audit)";

fn post(world: &World, tenant: &str, query: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
    world.ask(&Who::operator(tenant), "POST", &format!("/v1/imports?{query}"), fields, body)
}

#[test]
fn an_epub_becomes_a_draft_with_its_chapters_and_pictures() {
    let world = World::new(&[]);
    let tenant = world.tenant("epub");
    let answer = post(&world, &tenant, "name=whale.epub", &[], &epub::book("The Whale", 0)).expect(201).data();
    let book = &answer["book"];
    assert_eq!((text(book, "slug"), text(book, "title"), &book["chapters"]), ("the-whale", "The Whale", &json!(2)));
    assert_eq!((&book["authors"], &book["tags"]), (&json!(["Ann Author"]), &json!(["Sea"])));
    assert_eq!((&book["publishedAt"], &book["changed"]), (&json!(null), &json!(true)));
    let id = text(book, "id");
    let draft = world.get(&Who::operator(&tenant), &format!("/v1/drafts/{id}")).expect(200).data();
    let titles: Vec<&str> = draft["chapters"].as_array().unwrap().iter().map(|c| text(c, "title")).collect();
    assert_eq!(titles, ["One", "Two"]);
    let two = world.get(&Who::operator(&tenant), &format!("/v1/drafts/{id}/chapters/2")).expect(200).data();
    assert!(text(&two, "html").contains("src=\"asset:"), "{two}");
    // The picture and the cover are the same bytes here: one object, two assets.
    assert_eq!((world.stored(&tenant), world.sql(&tenant, "SELECT count(*) FROM assets")), (1, vec!["2".to_owned()]));
}

#[test]
fn a_broken_file_is_refused_with_place_and_reason_and_leaves_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("broken");
    let whole = epub::book("The Whale", 0);
    let no_package =
        epub::zip(&[("META-INF/container.xml", b"<container><rootfile full-path=\"gone.opf\"/></container>")]);
    let key = [("idempotency-key", "k-1")];
    for (query, body) in [
        ("kind=epub&name=a.epub", &whole[..whole.len() / 2]),
        ("kind=epub&name=a.epub", &no_package),
        ("kind=epub&name=a.epub", b"not a zip"),
        ("kind=markdown&name=a.md", b"\xff\xfe"),
        ("kind=html&name=a.html", b""),
    ] {
        let answer = post(&world, &tenant, query, &key, body).expect(422);
        assert_eq!(answer.code(), "CONTENT_IMPORT_BROKEN");
        let details = answer.json()["error"]["details"].clone();
        assert!(text(&details, "place").starts_with("a.") && !text(&details, "reason").is_empty(), "{details}");
    }
    assert_eq!(post(&world, &tenant, "name=a.exe", &[], b"x").expect(400).code(), "CONTENT_IMPORT_KIND");
    assert_eq!(world.sql(&tenant, EVERYTHING), ["0"]);
    assert_eq!(world.stored(&tenant), 0);
    let reader = Who::stranger(&tenant, [192, 0, 2, 1].into()).user("01890000-0000-7000-8000-000000000000", "reader");
    let answer = world.ask(&reader, "POST", "/v1/imports?kind=epub", &[], &whole);
    assert_eq!((answer.status, answer.code().as_str()), (403, "AUTH_ROLE_REQUIRED"));
}

#[test]
fn one_key_makes_one_book_however_often_and_at_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("once");
    let body = markdown("Once", 2);
    let key = [("idempotency-key", "import-1")];
    let ids = std::thread::scope(|scope| {
        let one = || post(&world, &tenant, "kind=markdown", &key, body.as_bytes()).expect(201).data();
        let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|t| text(&t.join().unwrap()["book"], "id").to_owned()).collect::<Vec<_>>()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM books"), ["1"]);
    let other = post(&world, &tenant, "kind=markdown", &key, markdown("Other", 2).as_bytes());
    assert_eq!((other.status, other.code().as_str()), (422, "REQUEST_IDEMPOTENCY_KEY_REUSED"));
    let books = |key: &str| {
        let fields = [("content-type", "application/json"), ("idempotency-key", key)];
        let answer = world.ask(&Who::operator(&tenant), "POST", "/v1/books", &fields, br#"{"title":"Once"}"#);
        text(&answer.expect(201).data()["book"], "slug").to_owned()
    };
    assert_eq!((books("a"), books("a"), books("b")), ("once-2".into(), "once-2".into(), "once-3".into()));
}

#[test]
fn books_of_one_title_at_once_get_slugs_of_their_own() {
    let world = World::new(&[]);
    let tenant = world.tenant("slugs");
    let mut slugs = std::thread::scope(|scope| {
        let one = || text(&super::import(&world, &tenant, "Same", 1), "slug").to_owned();
        let all: Vec<_> = (0..5).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    slugs.sort();
    assert_eq!(slugs, ["same", "same-2", "same-3", "same-4", "same-5"]);
}
