//! Chapters that open with time, and books that went elsewhere, with the origin switched off.

use aw_model::{Access, Opening, key};
use aw_platform::Bytes;

use crate::world::{START, World, encode, in_lines};

/// A press whose third chapter opens for gold, members and all, each ten seconds after the other, from ten seconds on.
fn serial() -> World {
    let world = World::published();
    let mut book = world.press.book.clone();
    let from = |n: u64| (START + 10 * n) * 1000;
    book.chapters[2].openings = vec![
        Opening { from: from(1), access: Access::Tier("gold".into()) },
        Opening { from: from(2), access: Access::Members },
        Opening { from: from(3), access: Access::Free },
    ];
    world.put(&key::manifest("press", "whale"), in_lines(&book.to_json().unwrap()));
    world
}

#[test]
fn a_chapter_opens_by_the_edges_clock() {
    let world = serial();
    let gold = world.press.token(&["tier:gold"]);
    let member = world.press.token(&[]);
    // After so many seconds: a stranger, a member, who pays.
    for (seconds, stranger, members, pays) in
        [(0, 403, 403, 403), (10, 402, 402, 200), (10, 401, 200, 200), (10, 200, 200, 200)]
    {
        world.advance(seconds);
        let path = "/v1/books/whale/chapters/3";
        let statuses = (world.get(path).status, world.get_as(path, &member).status, world.get_as(path, &gold).status);
        assert_eq!(statuses, (stranger, members, pays), "{seconds}");
        assert_eq!(world.get("/books/whale/3").status, stranger);
    }
    let free = world.get("/books/whale/3");
    assert!(free.header("cache-control").starts_with("public"));
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn who_may_not_read_yet_is_told_when() {
    let world = serial();
    let closed = world.get("/v1/books/whale/chapters/3");
    assert_eq!((closed.status, closed.code().as_str()), (403, "CONTENT_ACCESS_NOT_YET"));
    let next = &closed.json()["error"]["details"]["next"];
    assert_eq!(*next, serde_json::json!({ "at": "2026-01-01T00:00:10.000Z", "access": "tier:gold" }));
    let page = world.get("/books/whale/3");
    assert!(page.text().contains("For the tier gold from") && page.text().contains("2026-01-01"), "{}", page.text());
    assert!(!page.text().contains("gable-ended"));
    let contents = world.get("/books/whale");
    assert!(!contents.text().contains("href=\"/books/whale/3\""), "a closed chapter is no link");
    world.advance(25);
    let page = world.get("/books/whale");
    assert!(page.text().contains("href=\"/books/whale/3\"") && page.text().contains("Free from"));
}

#[test]
fn a_slug_of_before_leads_to_the_book() {
    let world = World::published();
    world.put(&key::manifest("press", "moby"), Bytes::from_static(b"3\n"));
    assert_eq!(world.get("/books/moby").status, 404, "gone, as far as this edge knows");
    world.put(&key::moved("press", "moby"), encode(&"whale"));
    for (path, to) in [
        ("/books/moby", "/books/whale"),
        ("/books/moby/2?x=/books/moby", "/books/whale/2?x=/books/moby"),
        ("/books/moby/assets/a.png", "/books/whale/assets/a.png"),
        ("/v1/books/moby", "/v1/books/whale"),
        ("/v1/books/moby/chapters/1", "/v1/books/whale/chapters/1"),
    ] {
        let moved = world.get(path);
        assert_eq!((moved.status, moved.header("location")), (308, to), "{path}");
    }
    world.put(&key::moved("press", "moby"), Bytes::from_static(b"2\n"));
    assert_eq!(world.get("/books/moby").status, 404, "a tombstone leads nowhere");
    assert_eq!(world.get("/v1/books/whale").status, 200);
}
