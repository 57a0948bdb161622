//! Pages and JSON of books.

use aw_pages::{STYLE, STYLE_PATH};

use crate::world::{WHALE, World};

#[test]
fn a_books_page_has_its_contents_with_locks() {
    let world = World::published();
    let page = world.get("/books/whale");
    let text = page.text();
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for part in [
        "<h1>The Whale</h1>",
        "href=\"/books/whale/1\"",
        "href=\"/books/whale/4\"",
        "href=\"/authors/herman-melville\"",
        "href=\"/tags/sea-stories\"",
        ">Members<",
        ">Tier: gold<",
        "A voyage.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(page.header("cache-tag"), format!("tenant-press,book-{WHALE}"));
}

#[test]
fn a_book_as_json_by_slug_or_id_is_its_manifest_without_the_assets() {
    let world = World::published();
    for name in ["whale", WHALE] {
        let reply = world.get(&format!("/v1/books/{name}"));
        let data = &reply.json()["data"];
        assert_eq!(data["book"]["slug"], "whale");
        assert_eq!(data["chapters"].as_array().unwrap().len(), 4);
        assert_eq!(data["chapters"][2]["access"], "tier:gold");
        assert!(data.get("assets").is_none());
    }
}

#[test]
fn a_chapter_as_json_is_its_object_in_the_envelope() {
    let world = World::published();
    let reply = world.get_with("/v1/books/whale/chapters/1", &[("x-request-id", "req-7")]);
    let json = reply.json();
    assert_eq!(
        json["data"],
        serde_json::json!({ "number": 1, "title": "Loomings", "html": "<p>Call me Ishmael.</p>" })
    );
    assert_eq!(json["meta"], serde_json::json!({ "requestId": "req-7", "timestamp": "2026-01-01T00:00:00.000Z" }));
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
}

#[test]
fn a_slash_at_the_end_is_no_other_page() {
    let world = World::published();
    assert_eq!(world.get("/books/whale/1/").body, world.get("/books/whale/1").body);
}

#[test]
fn the_stylesheet_is_kept_for_ever_and_an_earlier_releases_is_this_one_for_a_while() {
    let world = World::published();
    assert!(world.get("/").text().contains(&format!("href=\"{STYLE_PATH}\"")));
    let sheet = world.get(STYLE_PATH);
    assert_eq!((sheet.status, sheet.text()), (200, STYLE));
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.header("cache-control").contains("immutable"));
    let earlier = world.get("/style-0123456789abcdef.css");
    assert_eq!(earlier.text(), STYLE);
    assert!(!earlier.header("cache-control").contains("immutable"));
}

#[test]
fn an_error_is_a_page_for_people_and_an_envelope_for_programs() {
    let world = World::published();
    world.origin.up.set(true);
    let page = world.get_with("/books/nothing", &[("x-request-id", "req-8")]);
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text().contains("req-8") && page.text().contains("The Press"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(world.get("/v1/books/nothing").code(), "CONTENT_BOOK_NOT_FOUND");
    assert_eq!(world.get("/v1/books/whale/chapters/9").code(), "CONTENT_CHAPTER_NOT_FOUND");
}

#[test]
fn pages_need_no_script_and_load_nothing_from_elsewhere() {
    let world = World::published();
    for path in ["/", "/books/whale", "/books/whale/1", "/books/whale/2", "/login", "/register", "/nowhere"] {
        let page = world.get(path);
        let mut text = page.text().to_owned();
        if path == "/login" {
            // Passkeys need one; the form does not.
            text =
                text.replacen(&format!("<script type=\"module\" src=\"{}\"></script>", aw_pages::SCRIPT_PATH), "", 1);
        }
        for part in [
            "<!DOCTYPE html>",
            "<html lang=",
            "<main id=\"main\"",
            "class=\"skip\" href=\"#main\"",
            "name=\"viewport\"",
            "<title>",
        ] {
            assert!(text.contains(part), "{path}: {part}");
        }
        for never in ["<script", "javascript:", " style=", " onload=", "src=\"http", "<style"] {
            assert!(!text.contains(never), "{path}: {never}");
        }
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
    }
}
