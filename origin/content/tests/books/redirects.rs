//! Slugs of before.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{change, import, publish, record, text};

#[test]
fn a_moved_slug_leads_to_the_book_however_often_it_moved() {
    let world = World::new(&[]);
    let tenant = world.tenant("moved");
    let book = import(&world, &tenant, "One", 1);
    let id = text(&book, "id").to_owned();
    let rename = |slug: &str| {
        let target = ("PATCH", format!("/v1/books/{id}"));
        let _ = change(&world, &tenant, (target.0, &target.1), "*", &json!({ "slug": slug })).expect(200);
        publish(&world, &tenant, &id).expect(200)
    };
    let to = |slug: &str| record(&world, &format!("i/moved/{slug}")).map(|(_, slug)| slug);
    let _ = publish(&world, &tenant, &id).expect(200);
    assert_eq!(to("one"), None);
    let _ = rename("two");
    assert_eq!((to("one"), to("two")), (Some(json!("two")), None));
    let _ = rename("three");
    assert_eq!((to("one"), to("two")), (Some(json!("three")), Some(json!("three"))), "no chains");
    let _ = rename("one");
    assert_eq!((to("one"), to("two"), to("three")), (None, Some(json!("one")), Some(json!("one"))));

    // While it is withdrawn, nothing leads anywhere; its slugs stay its own.
    let operator = Who::operator(&tenant);
    let _ = world.ask(&operator, "POST", &format!("/v1/books/{id}/unpublish"), &[], b"").expect(200);
    assert_eq!((to("two"), to("three")), (None, None));
    let _ = publish(&world, &tenant, &id).expect(200);
    assert_eq!(to("two"), Some(json!("one")));

    // A new book gets another slug, or this one where it says so.
    let made = |body: Value| world.json(&operator, "POST", "/v1/books", &body);
    assert_eq!(made(json!({ "title": "Two" })).expect(201).data()["book"]["slug"], "two-2");
    assert_eq!(made(json!({ "title": "x", "slug": "two" })).expect(409).code(), "CONTENT_SLUG_REDIRECTS");
    assert_eq!(made(json!({ "title": "x", "slug": "one", "takeSlug": true })).expect(409).code(), "CONTENT_SLUG_TAKEN");
    let _ = made(json!({ "title": "x", "slug": "two", "takeSlug": true })).expect(201);
    assert_eq!((to("two"), to("three")), (None, Some(json!("one"))));

    // A book that was renamed and not published yet keeps the slug under which readers have it.
    let target = format!("/v1/books/{id}");
    let _ = change(&world, &tenant, ("PATCH", &target), "*", &json!({ "slug": "four" })).expect(200);
    assert_eq!(made(json!({ "title": "x", "slug": "one" })).expect(409).code(), "CONTENT_SLUG_TAKEN");
    let _ = change(&world, &tenant, ("DELETE", &target), "*", &json!({})).expect(204);
    assert_eq!(to("three"), None);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM redirects"), ["0"]);
}
