//! Pictures and covers.

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{change, epub::PNG, publish, record, text, write};

#[test]
fn a_picture_is_taken_shown_and_becomes_the_cover() {
    let world = World::new(&[]);
    let tenant = world.tenant("pictures");
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let add = |body: &[u8]| world.ask(&operator, "POST", "/v1/books/book/pictures?name=a.png", &[], body);
    assert_eq!(add(b"<svg/>").expect(422).code(), "CONTENT_PICTURE_INVALID");
    let made = add(PNG).expect(201).data();
    assert_eq!((text(&made, "src"), text(&made, "mediaType"), text(&made, "name")), ("asset:0", "image/png", "a.png"));
    assert_eq!(add(PNG).expect(200).data(), made, "the same again");
    let _ = add(b"GIF89a....").expect(201);
    assert_eq!(world.get(&operator, "/v1/drafts/book/pictures").expect(200).data().as_array().unwrap().len(), 2);
    let shown = world.get(&operator, "/v1/drafts/book/pictures/0").expect(200);
    assert_eq!((shown.body.as_slice(), &shown.headers["content-type"]), (PNG, &"image/png".parse().unwrap()));
    assert_eq!(world.get(&operator, "/v1/drafts/book/pictures/7").expect(404).code(), "CONTENT_PICTURE_NOT_FOUND");

    let _ = write(&world, &tenant, "book", 1, "<p><img src=\"asset:1\" alt=\"x\"></p>").expect(201);
    let cover = |n| change(&world, &tenant, ("PATCH", "/v1/books/book"), "*", &json!({ "cover": n }));
    assert_eq!(cover(Some(9)).expect(422).code(), "CONTENT_BOOK_INVALID");
    assert_eq!(cover(Some(0)).expect(200).data()["book"]["cover"], 0);
    let _ = publish(&world, &tenant, "book").expect(200);
    let manifest = record(&world, "m/pictures/book").unwrap().1;
    assert!(text(&manifest["book"], "cover").ends_with(".png"));
    assert_eq!(manifest["assets"].as_object().unwrap().len(), 2);
    let _ = cover(None).expect(200);
    let _ = publish(&world, &tenant, "book").expect(200);
    assert_eq!(record(&world, "m/pictures/book").unwrap().1["book"].get("cover"), None);
}

#[test]
fn what_is_said_of_a_book_reaches_its_readers() {
    let world = World::new(&[]);
    let tenant = world.tenant("said");
    let body = json!({ "title": "Book", "licence": "CC-BY-4.0",
        "contributors": [{ "name": "Tess", "role": "translator" }] });
    let made = world.json(&Who::operator(&tenant), "POST", "/v1/books", &body).expect(201).data();
    assert_eq!(
        (&made["book"]["licence"], &made["book"]["contributors"][0]["role"]),
        (&json!("CC-BY-4.0"), &json!("translator"))
    );
    for bad in [
        json!({ "title": "x", "contributors": [{ "name": "T", "role": "cook" }] }),
        json!({ "title": "x", "contributors": [{ "name": "", "role": "editor" }] }),
        json!({ "title": "x", "licence": "a\nb" }),
    ] {
        assert_eq!(world.json(&Who::operator(&tenant), "POST", "/v1/books", &bad).status, 422, "{bad}");
    }
    let _ = write(&world, &tenant, "book", 1, "<p>x</p>").expect(201);
    let _ = publish(&world, &tenant, "book").expect(200);
    let book = record(&world, "m/said/book").unwrap().1["book"].clone();
    assert_eq!((&book["licence"], &book["contributors"][0]["name"]), (&json!("CC-BY-4.0"), &json!("Tess")));
    let free =
        change(&world, &tenant, ("PATCH", "/v1/books/book"), "*", &json!({ "licence": null, "contributors": [] }));
    assert_eq!(free.expect(200).data()["book"]["licence"], json!(null));
}
