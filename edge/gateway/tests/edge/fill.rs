//! What this edge does not have, it asks the origin for, once.

use std::time::Duration;

use aw_memory::Memory;
use aw_model::{key, record};
use aw_platform::Body;
use futures_util::future::join_all;

use crate::world::{HOST, World, get};

#[test]
fn an_empty_edge_fills_itself_from_the_origin_and_then_needs_it_no_more() {
    let world = World::empty();
    let first = world.get("/books/whale/1");
    assert_eq!((first.status, first.body), (200, world.press.page(1)));
    assert_eq!(world.origin.count(), 3, "the tenant, the manifest, the page");
    world.p.block_on(world.p.run_background());
    world.origin.up.set(false);
    world.advance(86_400);
    let again = world.get("/books/whale/1");
    assert!(again.status == 200 && again.native, "from the store, unopened");
    assert_eq!(world.origin.count(), 3);
}

#[test]
fn a_stampede_makes_one_request_of_each_value() {
    let world = World::empty();
    let replies = world.p.block_on(join_all((0..200).map(|_| {
        let request = get("/books/whale/1").body(Body::Empty).unwrap();
        world.ask(&world.p, request)
    })));
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.body == world.press.page(1)));
    assert_eq!(world.origin.count(), 3);
}

#[test]
fn that_there_is_nothing_is_remembered_briefly() {
    let world = World::empty();
    for _ in 0..10 {
        assert_eq!(world.get("/books/nothing").status, 404);
    }
    assert_eq!(world.origin.count(), 2, "the tenant and the book");
    world.advance(60);
    world.get("/books/nothing");
    assert_eq!(world.origin.count(), 4, "both are asked for again: nothing was kept for ever");
}

#[test]
fn a_book_that_comes_later_is_seen_at_once_where_it_is_pushed() {
    let world = World::empty();
    let manifest = world.origin.values.borrow_mut().remove(&key::manifest("press", "whale")).unwrap();
    assert_eq!(world.get("/books/whale").status, 404);
    assert_eq!(world.push(&key::manifest("press", "whale"), manifest).status, 204);
    assert_eq!(world.get("/books/whale").status, 200);
}

#[test]
fn an_empty_edge_without_its_origin_says_503_and_when_to_try_again() {
    let world = World::empty();
    world.origin.up.set(false);
    for path in ["/", "/books/whale/1", "/v1/books", "/v1/books/whale/chapters/1", "/login"] {
        let reply = world.get(path);
        assert_eq!((reply.status, reply.code().as_str()), (503, "EDGE_ORIGIN_UNAVAILABLE"), "{path}");
        assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    // With the tenant at hand, a person is told on a page.
    world.put(&key::host(HOST), crate::world::encode(&world.press.tenant));
    let page = world.get("/books/whale/1");
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
    assert!(page.has("retry-after") && page.text().contains("The Press"));
}

#[test]
fn an_origin_that_answers_nonsense_is_a_503_too() {
    let world = World::empty();
    world.put(&key::host(HOST), crate::world::encode(&world.press.tenant));
    let manifest = key::manifest("press", "whale");
    let page = key::object("press", &world.press.book.chapters[0].page.sha256, 0);
    for (key, value) in [(&manifest, "no record"), (&page, "another page")] {
        world.origin.values.borrow_mut().insert(key.clone(), value.into());
        let reply = world.get("/books/whale/1");
        assert_eq!(reply.status, 503, "{key}");
        world.origin.values.borrow_mut().extend(world.press.values());
    }
    assert_eq!(world.get("/books/whale/1").status, 200);
}

#[test]
fn an_object_that_nobody_has_is_a_503_and_not_a_broken_page() {
    let world = World::published();
    let page = &world.press.book.chapters[0].page;
    world.origin.up.set(true);
    let key = key::object("press", &page.sha256, 0);
    world.origin.values.borrow_mut().remove(&key);
    world.p.block_on(async {
        use aw_platform::{Kv, Platform, StoreId};
        world.p.kv(StoreId("content")).unwrap().delete(&key).await.unwrap();
    });
    assert_eq!(world.get("/books/whale/1").status, 503);
}

#[test]
fn a_fill_never_puts_an_older_record_over_a_newer_one() {
    let world = World::empty();
    let key = key::manifest("press", "whale");
    assert_eq!(world.get("/books/whale").status, 200);
    // The push of version 2 arrives before the fill of version 1 is kept.
    let newer = record::join(2, &world.press.book.to_json().unwrap());
    assert_eq!(world.push(&key, newer.clone()).status, 204);
    world.p.block_on(world.p.run_background());
    assert_eq!(world.stored(&key).unwrap(), newer);
}

#[test]
fn a_deleted_book_is_gone() {
    let world = World::published();
    assert_eq!(world.get("/books/whale").status, 200);
    let tombstone = record::encode::<()>(2, None).unwrap();
    assert_eq!(world.push(&key::manifest("press", "whale"), tombstone).status, 204);
    for path in ["/books/whale", "/books/whale/1", "/v1/books/whale", "/v1/books/whale/chapters/1"] {
        assert_eq!(world.get(path).status, 404, "{path}");
    }
}

#[test]
fn an_origin_that_dawdles_does_not_hold_a_reader_for_long() {
    let world = World::empty();
    world.put(&key::host(HOST), crate::world::encode(&world.press.tenant));
    let clock: Memory = world.p.clone();
    world.p.backend("origin", move |_| {
        let nap = aw_platform::Platform::sleep(&clock, Duration::from_secs(3600));
        Box::pin(async move {
            nap.await;
            Ok(aw_platform::http::Response::default())
        })
    });
    let start = aw_platform::Platform::now(&world.p);
    assert_eq!(world.get("/books/whale").status, 503);
    assert!(aw_platform::Platform::now(&world.p) - start <= 10_000);
}

#[test]
fn after_five_failures_the_origin_is_left_alone_then_tried_once() {
    let world = World::empty();
    world.origin.up.set(false);
    for _ in 0..20 {
        assert_eq!(world.get("/").status, 503);
    }
    assert_eq!(world.origin.count(), 5);
    world.advance(5);
    world.get("/");
    world.get("/");
    assert_eq!(world.origin.count(), 6, "one probe, which failed");
    world.origin.up.set(true);
    world.advance(5);
    assert_eq!(world.get("/").status, 200);
}
