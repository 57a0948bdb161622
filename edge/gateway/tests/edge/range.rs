//! Ranges of a chapter, of one part and of several.

use aw_model::object::PART;

use crate::world::World;

#[test]
fn a_range_is_a_206_with_its_place() {
    let world = World::published();
    let page = world.press.page(1);
    let size = page.len();
    for (range, from, to) in
        [("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=10-", 10, size), ("bytes=-7", size - 7, size)]
    {
        let reply = world.get_with("/books/whale/1", &[("range", range)]);
        assert_eq!((reply.status, &reply.body), (206, &page.slice(from..to)), "{range}");
        assert_eq!(reply.header("content-range"), format!("bytes {from}-{}/{size}", to - 1));
        assert_eq!(reply.header("content-length"), (to - from).to_string());
        assert!(reply.has("etag") && reply.has("cache-control"));
    }
}

#[test]
fn a_range_beyond_the_end_is_a_416_and_one_that_is_no_range_is_ignored() {
    let world = World::published();
    let size = world.press.page(1).len();
    let beyond = world.get_with("/books/whale/1", &[("range", &format!("bytes={size}-"))]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, &*format!("bytes */{size}")));
    assert!(beyond.body.is_empty());
    for range in ["bytes=0-1,4-5", "bytes=5-2", "pages=1-2", "bytes=x", "bytes"] {
        let reply = world.get_with("/books/whale/1", &[("range", range)]);
        assert_eq!((reply.status, reply.body.len()), (200, size), "{range}");
    }
    assert_eq!(world.get_with("/books/whale/1", &[("range", "bytes=0-1"), ("range", "bytes=4-5")]).status, 200);
}

#[test]
fn if_range_asks_for_the_part_of_this_version_only() {
    let world = World::published();
    let etag = format!("\"{}\"", world.press.book.chapters[0].page.sha256);
    for (value, status) in [
        (etag.clone(), 206),
        (format!("W/{etag}"), 200),
        ("\"x\"".to_owned(), 200),
        ("Thu, 01 Jan 2026 00:00:00 GMT".to_owned(), 200),
    ] {
        let reply = world.get_with("/books/whale/1", &[("range", "bytes=0-9"), ("if-range", &value)]);
        assert_eq!(reply.status, status, "{value}");
    }
}

#[test]
fn a_range_may_cross_parts() {
    let world = World::published();
    let page = world.press.page(4);
    let part = PART as usize;
    assert!(page.len() > 2 * part, "the chapter has three parts");
    for (from, to) in [
        (0, page.len()),
        (0, part),
        (0, part + 1),
        (part - 1, part + 1),
        (part, 2 * part),
        (part + 5, 2 * part + 5),
        (10, page.len() - 10),
        (2 * part, page.len()),
    ] {
        let reply = world.get_with("/books/whale/4", &[("range", &format!("bytes={from}-{}", to - 1))]);
        assert_eq!(reply.status, 206);
        assert!(reply.body == page[from..to], "{from}..{to}");
        assert_eq!(reply.header("content-length"), (to - from).to_string());
    }
}

#[test]
fn one_part_passes_through_unopened_and_several_are_streamed() {
    let world = World::published();
    let one = world.get("/books/whale/1");
    assert!(one.native, "the platform's own body");
    assert_eq!(one.header("content-length"), one.body.len().to_string());
    let several = world.get("/books/whale/4");
    assert!(several.streamed && several.body == world.press.page(4));
    assert_eq!(several.header("content-length"), several.body.len().to_string());
    let json = world.get("/v1/books/whale/chapters/4");
    assert!(json.streamed);
    assert_eq!(json.json()["data"]["number"], 4);
    assert_eq!(json.header("content-length"), json.body.len().to_string());
}
