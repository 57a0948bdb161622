//! What is before and after a book's body.

use std::io::{Cursor, Read, Write};

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{change, publish, record, text};

/// An EPUB whose documents say in different ways what they are.
fn epub() -> Vec<u8> {
    let documents = [
        ("d", "", "<section epub:type=\"dedication\"><h1>For Ann</h1><p>x</p></section>"),
        ("p", "", "<h1>Preface</h1><p>x</p>"),
        ("c1", " epub:type=\"bodymatter\"", "<section epub:type=\"chapter\"><h1>Loomings</h1><p>x</p></section>"),
        ("c2", "", "<h1>The Carpet-Bag</h1><p>x</p>"),
        ("a", "", "<section role=\"doc-afterword\"><h1>Last words</h1><p>x</p></section>"),
        ("g", " epub:type=\"backmatter\"", "<h1>Sources</h1><p>x</p>"),
    ];
    let item = |(id, ..): &(&str, &str, &str)| {
        format!("<item id=\"{id}\" href=\"{id}.xhtml\" media-type=\"application/xhtml+xml\"/>")
    };
    let package = format!(
        "<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\"><metadata \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>Whale</dc:title></metadata><manifest>{}</manifest>\
         <spine>{}</spine></package>",
        documents.iter().map(item).collect::<String>(),
        documents.iter().map(|(id, ..)| format!("<itemref idref=\"{id}\"/>")).collect::<String>(),
    );
    let container = "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>\
        <rootfile full-path=\"o.opf\"/></rootfiles></container>";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes.as_bytes()).unwrap();
    };
    add("mimetype", "application/epub+zip");
    add("META-INF/container.xml", container);
    add("o.opf", &package);
    for (id, body, content) in documents {
        let page = format!(
            "<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"><body{body}>{content}</body></html>"
        );
        add(&format!("{id}.xhtml"), &page);
    }
    zip.finish().unwrap().into_inner()
}

fn chapters(world: &World, tenant: &str, book: &str) -> Vec<(String, String, Value)> {
    let draft = world.get(&Who::operator(tenant), &format!("/v1/drafts/{book}")).expect(200).data();
    let one = |c: &Value| (text(c, "title").to_owned(), text(c, "kind").to_owned(), c["role"].clone());
    draft["chapters"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn an_imported_book_knows_its_front_and_back_and_says_so_where_it_goes() {
    let world = World::new(&[]);
    let tenant = world.tenant("matter");
    let operator = Who::operator(&tenant);
    let _ = world.ask(&operator, "POST", "/v1/imports?name=whale.epub", &[], &epub()).expect(201);
    let found = chapters(&world, &tenant, "whale");
    let expected: Vec<(String, String, Value)> = [
        ("For Ann", "front", json!("dedication")),
        ("Preface", "front", json!("preface")),
        ("Loomings", "body", Value::Null),
        ("The Carpet-Bag", "body", Value::Null),
        ("Last words", "back", json!("afterword")),
        ("Sources", "back", Value::Null),
    ]
    .into_iter()
    .map(|(title, kind, role)| (title.to_owned(), kind.to_owned(), role))
    .collect();
    assert_eq!(found, expected);
    // As EPUB.
    let file = world.get(&operator, "/v1/books/whale/exports/epub").expect(200).body;
    let mut zip = ZipArchive::new(Cursor::new(&file)).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        zip.by_name(&format!("EPUB/{name}")).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    for (n, body, section) in [
        (1, "<body epub:type=\"frontmatter\">", "<section epub:type=\"dedication\" role=\"doc-dedication\""),
        (3, "<body epub:type=\"bodymatter\">", "<section epub:type=\"chapter\" role=\"doc-chapter\""),
        (5, "<body epub:type=\"backmatter\">", "<section epub:type=\"afterword\" role=\"doc-afterword\""),
        (6, "<body epub:type=\"backmatter\">", "<section aria-labelledby"),
    ] {
        let page = read(&format!("chapter-{n}.xhtml"));
        assert!(page.contains(body) && page.contains(section), "{page}");
    }
    let nav = read("nav.xhtml");
    for mark in [("frontmatter", 1), ("bodymatter", 3), ("backmatter", 5)] {
        assert!(nav.contains(&format!("<a epub:type=\"{}\" href=\"chapter-{}.xhtml\">", mark.0, mark.1)), "{nav}");
    }
    // And back: behind the pages that an export begins with.
    let _ = world.ask(&operator, "POST", "/v1/imports?name=again.epub", &[], &file).expect(201);
    let again = chapters(&world, &tenant, "whale-2");
    assert_eq!(again[again.len() - 6..], expected);
    assert!(again[..again.len() - 6].iter().all(|(_, kind, _)| kind == "front"), "{again:?}");
    // Readers see it in the manifest.
    let _ = publish(&world, &tenant, "whale").expect(200);
    let manifest = record(&world, "m/matter/whale").unwrap().1;
    let chapter = |n: usize| (&manifest["chapters"][n]["matter"], &manifest["chapters"][n]["role"]);
    assert_eq!(chapter(0), (&json!("front"), &json!("dedication")));
    assert_eq!(chapter(2), (&Value::Null, &Value::Null), "the body is what nothing is said of");
    assert_eq!(chapter(5), (&json!("back"), &Value::Null));
}

#[test]
fn roles_are_given_and_taken() {
    let world = World::new(&[]);
    let tenant = world.tenant("roles");
    let operator = Who::operator(&tenant);
    let _ = world.json(&operator, "POST", "/v1/books", &json!({ "title": "Book" })).expect(201);
    let new = |body: Value| world.json(&operator, "POST", "/v1/books/book/chapters", &body);
    let _ = new(json!({ "title": "One" })).expect(201);
    let dedication = new(json!({ "title": "For Ann", "role": "dedication" })).expect(201).data();
    assert_eq!(
        (&dedication["kind"], &dedication["number"]),
        (&json!("front"), &json!(1)),
        "where such a thing usually is"
    );
    let apart = new(json!({ "title": "An afterword", "role": "afterword", "kind": "body" })).expect(201).data();
    assert_eq!((&apart["kind"], &apart["role"]), (&json!("body"), &json!("afterword")));
    assert_eq!(new(json!({ "title": "x", "role": "chapter" })).expect(422).code(), "CONTENT_CHAPTER_INVALID");
    let path = format!("/v1/books/book/chapters/{}", text(&apart, "id"));
    let put = |etag: &str, body: Value| change(&world, &tenant, ("PUT", &path), etag, &body);
    let first = world.get(&operator, &format!("/v1/drafts/book/chapters/{}", text(&apart, "id"))).expect(200).etag();
    let body = |role: Value| json!({ "title": "An afterword", "html": "", "role": role });
    let changed = put(&first, body(json!("epilogue"))).expect(200);
    assert_eq!(changed.data()["role"], "epilogue");
    assert_ne!(changed.etag(), first, "it is another version");
    assert_eq!(put(&first, body(Value::Null)).status, 412);
    let kept = put("*", json!({ "title": "An afterword", "html": "<p>x</p>" })).expect(200).data();
    assert_eq!(kept["role"], "epilogue", "what is not named stays");
    assert_eq!(put("*", body(Value::Null)).expect(200).data()["role"], Value::Null);
    assert_eq!(put("*", body(json!("cook"))).expect(422).code(), "CONTENT_CHAPTER_INVALID");
}
