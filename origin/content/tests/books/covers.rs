//! Covers that are files.

use std::{
    io::{Cursor, Read},
    net::IpAddr,
};

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};
use zip::ZipArchive;

use super::{change, publish, record, text, write};

/// A picture of one point.
const DOT: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 144, 119, 83,
    222, 0, 0, 0, 12, 73, 68, 65, 84, 8, 215, 99, 248, 207, 192, 0, 0, 3, 1, 1, 0, 24, 221, 141, 176, 0, 0, 0, 0, 73,
    69, 78, 68, 174, 66, 96, 130,
];

/// A stored file of somebody's; its id.
fn file(world: &World, who: &Who, media_type: &str, bytes: &[u8]) -> String {
    let new = json!({ "name": "cover", "size": bytes.len(), "mediaType": media_type });
    let begun = world.json(who, "POST", "/v1/files", &new).expect(201).data();
    let part = begun["upload"]["partSize"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap();
    for (request, bytes) in begun["upload"]["requests"].as_array().unwrap().iter().zip(bytes.chunks(part)) {
        let _ = world.fetch("PUT", text(request, "url"), &[], bytes).expect(200);
    }
    let id = text(&begun["file"], "id").to_owned();
    let _ = world.ask(who, "POST", &format!("/v1/files/{id}/complete"), &[], b"").expect(200);
    id
}

#[test]
fn a_file_becomes_the_cover_and_stays_while_it_is() {
    let world = World::new(&[]);
    let tenant = world.tenant("covers");
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let _ = write(&world, &tenant, "book", 1, "<p>x</p>").expect(201);
    let set = |body: Value| change(&world, &tenant, ("PATCH", "/v1/books/book"), "*", &body);
    let cover = |id: &str| set(json!({ "coverFileId": id }));
    let (first, second) =
        (file(&world, &operator, "image/png", DOT), file(&world, &operator, "image/gif", b"GIF89a...."));
    let book = cover(&first).expect(200).data()["book"].take();
    assert_eq!((&book["coverFileId"], &book["cover"]), (&json!(first), &json!(0)));
    let remove = |id: &str| world.ask(&operator, "DELETE", &format!("/v1/files/{id}"), &[], b"");
    let refused = remove(&first).expect(409);
    assert_eq!(refused.code(), "STORAGE_FILE_IN_USE");
    assert_eq!(refused.json()["error"]["details"]["references"], json!([format!("cover:{}", text(&book, "id"))]));
    let reference = format!("/v1/files/{first}/references/cover:{}", text(&book, "id"));
    let by_hand = world.ask(&operator, "DELETE", &reference, &[], b"").expect(409);
    assert_eq!(by_hand.code(), "STORAGE_REFERENCE_KEPT");
    assert_eq!(remove(&first).status, 409, "it is the cover still");
    // It goes with the book: to readers, and into the EPUB.
    let _ = publish(&world, &tenant, "book").expect(200);
    let manifest = record(&world, "m/covers/book").unwrap().1;
    let name = text(&manifest["book"], "cover").to_owned();
    let object = text(&manifest["assets"][&name]["object"], "sha256");
    let bytes = world.get(&Who::edge("eu"), &format!("/_aw/values?key=o/covers/{object}")).expect(200).body;
    assert!(name.ends_with(".png") && bytes == DOT);
    let epub = world.get(&operator, "/v1/books/book/exports/epub").expect(200).body;
    let mut package = String::new();
    let mut zip = ZipArchive::new(Cursor::new(epub)).unwrap();
    zip.by_name("EPUB/package.opf").unwrap().read_to_string(&mut package).unwrap();
    assert!(package.contains("properties=\"cover-image\""), "{package}");
    // Another in its place lets it go, a picture of the book does, and so does nothing at all.
    let _ = cover(&second).expect(200);
    let _ = remove(&first).expect(204);
    assert_eq!(remove(&second).status, 409);
    let book = set(json!({ "cover": 0 })).expect(200).data()["book"].take();
    assert_eq!((&book["coverFileId"], &book["cover"]), (&Value::Null, &json!(0)));
    let _ = cover(&second).expect(200);
    let book = set(json!({ "coverFileId": null })).expect(200).data()["book"].take();
    assert_eq!((&book["coverFileId"], &book["cover"]), (&Value::Null, &Value::Null));
    let _ = cover(&second).expect(200);
    let _ = change(&world, &tenant, ("DELETE", "/v1/books/book"), "*", &Value::Null).expect(204);
    let _ = remove(&second).expect(204);
}

#[test]
fn what_is_no_picture_of_ones_own_is_no_cover() {
    let world = World::new(&[]);
    let (tenant, other) = (world.tenant("no-covers"), world.tenant("other-covers"));
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let cover = |id: &str| change(&world, &tenant, ("PATCH", "/v1/books/book"), "*", &json!({ "coverFileId": id }));
    let text_file = file(&world, &operator, "text/plain", b"a text");
    assert_eq!(cover(&text_file).expect(422).code(), "CONTENT_COVER_INVALID");
    let mut large = DOT.to_vec();
    large.resize((16 << 20) + 1, 0);
    assert_eq!(cover(&file(&world, &operator, "image/png", &large)).expect(422).code(), "CONTENT_COVER_INVALID");
    let theirs = file(&world, &Who::operator(&other), "image/png", DOT);
    assert_eq!(cover(&theirs).expect(404).code(), "STORAGE_FILE_NOT_FOUND");
    let new = json!({ "name": "a", "size": 9, "mediaType": "image/png" });
    let begun = world.json(&operator, "POST", "/v1/files", &new).expect(201).data();
    assert_eq!(cover(text(&begun["file"], "id")).expect(404).code(), "STORAGE_FILE_NOT_FOUND", "it is not stored");
    assert_eq!(cover("x").status, 400);
    let picture = file(&world, &operator, "image/png", DOT);
    let both = json!({ "coverFileId": picture, "cover": 0 });
    assert_eq!(
        change(&world, &tenant, ("PATCH", "/v1/books/book"), "*", &both).expect(422).code(),
        "CONTENT_BOOK_INVALID"
    );
    // An author takes files of their own only.
    let author = |id: &str| Who::stranger(&tenant, IpAddr::from([192, 0, 2, 1])).user(id, "author");
    let register = |name: &str| {
        let body = json!({ "email": format!("{name}@example.org"), "password": "correct horse battery" });
        let host = Who::stranger(&tenant, [192, 0, 2, 9].into());
        text(&world.json(&host, "POST", "/v1/auth/register", &body).expect(201).data()["user"], "id").to_owned()
    };
    let ada = author(&register("ada"));
    let _ = world.json(&ada, "POST", "/v1/books", &json!({ "title": "Hers" })).expect(201);
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let hers = |id: &str| {
        let body = json!({ "coverFileId": id }).to_string();
        world.ask(&ada, "PATCH", "/v1/books/hers", &fields, body.as_bytes())
    };
    assert_eq!(hers(&picture).expect(404).code(), "STORAGE_FILE_NOT_FOUND");
    let own = file(&world, &ada, "image/png", DOT);
    assert_eq!(hers(&own).expect(200).data()["book"]["coverFileId"], json!(own));
}
