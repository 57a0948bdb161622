//! Books going out.

use std::io::{Cursor, Read};

use aw_origin_harness::{Who, World};
use serde_json::json;
use zip::ZipArchive;

use super::{epub, import, publish, record, text};

fn whale(world: &World, tenant: &str) -> String {
    let file = epub::book("The Whale", 0);
    let made = world.ask(&Who::operator(tenant), "POST", "/v1/imports?name=whale.epub", &[], &file).expect(201).data();
    text(&made["book"], "id").to_owned()
}

#[test]
fn a_draft_is_exported_as_epub_and_imported_again() {
    let world = World::new(&[]);
    let tenant = world.tenant("exports");
    let operator = Who::operator(&tenant);
    let id = whale(&world, &tenant);
    let file = world.get(&operator, &format!("/v1/books/{id}/exports/epub")).expect(200);
    assert_eq!(file.headers["content-type"], "application/epub+zip");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"the-whale.epub\"");
    let mut zip = ZipArchive::new(Cursor::new(&file.body)).unwrap();
    let mut package = String::new();
    zip.by_name("EPUB/package.opf").unwrap().read_to_string(&mut package).unwrap();
    for said in [&*format!("urn:uuid:{id}"), "The Whale", "Ann Author", ">en<"] {
        assert!(package.contains(said), "{said} in {package}");
    }
    let again = world.get(&operator, "/v1/books/the-whale/exports/epub").expect(200);
    assert!(again.body == file.body, "the same revision gives the same bytes");
    let none = [("if-none-match", file.headers["etag"].to_str().unwrap())];
    let known = world.ask(&operator, "GET", "/v1/books/the-whale/exports/epub", &none, b"").expect(304);
    assert!(known.body.is_empty());
    let made = world.ask(&operator, "POST", "/v1/imports?name=again.epub", &[], &file.body).expect(201).data();
    assert_eq!((&made["book"]["title"], &made["book"]["authors"]), (&json!("The Whale"), &json!(["Ann Author"])));
}

#[test]
fn what_cannot_be_exported_says_why() {
    let world = World::new(&[]);
    let tenant = world.tenant("noexports");
    let operator = Who::operator(&tenant);
    let made = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Empty" })).expect(201).data();
    let path = |format: &str| format!("/v1/books/{}/exports/{format}", text(&made["book"], "id"));
    assert_eq!(world.get(&operator, &path("epub")).expect(422).code(), "CONTENT_BOOK_EMPTY");
    assert_eq!(world.get(&operator, &path("docx")).expect(404).code(), "CONTENT_EXPORT_UNKNOWN");
    assert_eq!(world.get(&operator, "/v1/books/none/exports/epub").expect(404).code(), "CONTENT_BOOK_NOT_FOUND");
    assert_eq!(world.ask(&operator, "POST", &path("epub"), &[], b"").expect(405).code(), "REQUEST_METHOD_NOT_ALLOWED");
    assert_eq!(world.ask(&operator, "POST", &path("pdf"), &[], b"").expect(422).code(), "CONTENT_BOOK_EMPTY");
    let reader = Who::stranger(&tenant, [127, 0, 0, 1].into()).user("u", "reader");
    let _ = world.get(&reader, &path("epub")).expect(404);
    let _ = world.ask(&reader, "POST", &path("pdf"), &[], b"").expect(404);
}

#[test]
fn a_book_of_one_rule_is_published_with_its_epub() {
    let world = World::new(&[]);
    let tenant = world.tenant("frozen");
    let operator = Who::operator(&tenant);
    let id = whale(&world, &tenant);
    let _ = publish(&world, &tenant, &id).expect(200);
    let manifest = record(&world, "m/frozen/the-whale").unwrap().1;
    let (object, sha) = (&manifest["epub"], text(&manifest["epub"]["object"], "sha256").to_owned());
    assert_eq!((&object["access"], &object["media_type"]), (&json!("free"), &json!("application/epub+zip")));
    let exported = world.get(&operator, &format!("/v1/books/{id}/exports/epub")).expect(200);
    assert_eq!(exported.headers["etag"].to_str().unwrap(), format!("\"{sha}\""), "it is the draft's own export");
    let card = record(&world, "l/frozen/newest/0").unwrap().1["books"][0][1].clone();
    assert_eq!((&card["epub"], &card["language"]), (&json!("free"), &json!("en")));
    let set = |body| world.json(&operator, "PATCH", &format!("/v1/books/{id}/chapters"), &body).expect(200);
    let _ = set(json!({ "access": "tier:gold" }));
    let _ = publish(&world, &tenant, &id).expect(200);
    let paid = record(&world, "m/frozen/the-whale").unwrap().1;
    assert_eq!(paid["epub"]["access"], "tier:gold");
    let _ = set(json!({ "access": "free", "from": 1, "to": 1 }));
    let _ = publish(&world, &tenant, &id).expect(200);
    let mixed = record(&world, "m/frozen/the-whale").unwrap().1;
    assert_eq!(
        (&mixed["epub"], &record(&world, "l/frozen/newest/0").unwrap().1["books"][0][1]["epub"]),
        (&json!(null), &json!(null))
    );
}

#[test]
fn chapters_keep_the_time_of_their_first_publishing() {
    let world = World::new(&[]);
    let tenant = world.tenant("dates");
    let book = import(&world, &tenant, "Dates", 2);
    let dates = || {
        let manifest = record(&world, "m/dates/dates").unwrap().1;
        let all = manifest["chapters"].as_array().unwrap().iter().map(|c| text(c, "publishedAt").to_owned());
        all.collect::<Vec<_>>()
    };
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    let first = dates();
    assert!(first.len() == 2 && first[0] == first[1] && first[0].ends_with('Z'), "{first:?}");
    let _ = super::write(&world, &tenant, "dates", 3, "<p>new</p>").expect(201);
    let _ = super::write(&world, &tenant, "dates", 1, "<p>changed</p>").expect(200);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    let second = dates();
    assert_eq!(second[..2], first[..]);
    assert!(second[2] > first[0], "{second:?}");
    let target = format!("/v1/books/{}/unpublish", text(&book, "id"));
    let _ = world.ask(&Who::operator(&tenant), "POST", &target, &[], b"").expect(200);
    let _ = publish(&world, &tenant, text(&book, "id")).expect(200);
    assert_eq!(dates(), second, "also when it was withdrawn meanwhile");
}
