//! ETag, 304, 412, HEAD.

use crate::world::{World, request, with};

#[test]
fn the_entity_tag_is_the_objects_hash_and_who_has_it_gets_304() {
    let world = World::published();
    let etag = format!("\"{}\"", world.press.book.chapters[0].page.sha256);
    let full = world.get("/books/whale/1");
    assert_eq!((full.status, full.header("etag")), (200, etag.as_str()));
    for (value, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("\"x\", {etag}"), 304),
        (format!("\"x\",{etag},\"y\""), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
        (etag.trim_matches('"').to_owned(), 200),
        (String::new(), 200),
    ] {
        let reply = world.get_with("/books/whale/1", &[("if-none-match", &value)]);
        assert_eq!(reply.status, status, "{value}");
        assert_eq!(reply.header("etag"), etag);
        assert_eq!(reply.header("cache-control"), full.header("cache-control"), "as on the 200 (RFC 9110, 15.4.5)");
        assert_eq!(reply.header("cache-tag"), full.header("cache-tag"));
        assert_eq!(reply.body.is_empty(), status == 304);
    }
    let two = world.get_with("/books/whale/1", &[("if-none-match", "\"x\""), ("if-none-match", &etag)]);
    assert_eq!(two.status, 304, "two fields are one list");
}

#[test]
fn if_match_that_does_not_hold_is_412() {
    let world = World::published();
    let etag = format!("\"{}\"", world.press.book.chapters[0].page.sha256);
    for (value, status) in
        [(etag.clone(), 200), ("*".to_owned(), 200), ("\"x\"".to_owned(), 412), (format!("W/{etag}"), 412)]
    {
        assert_eq!(world.get_with("/books/whale/1", &[("if-match", &value)]).status, status, "{value}");
    }
}

#[test]
fn a_condition_does_not_open_the_paywall() {
    let world = World::published();
    let etag = format!("\"{}\"", world.press.book.chapters[2].page.sha256);
    assert_eq!(world.get_with("/books/whale/3", &[("if-none-match", &etag)]).status, 402);
    assert_eq!(world.get_with("/books/whale/3", &[("range", "bytes=0-9")]).status, 402);
}

#[test]
fn json_has_a_weak_tag_that_outlives_the_request() {
    let world = World::published();
    for path in ["/v1/books", "/v1/books/whale", "/v1/books/whale/chapters/1"] {
        let first = world.get(path);
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with("W/\""), "{path}: {etag}");
        assert_eq!(world.get(path).header("etag"), etag);
        let again = world.get_with(path, &[("if-none-match", &etag)]);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, etag.as_str()));
        assert_eq!(world.get_with(path, &[("if-none-match", etag.trim_start_matches("W/"))]).status, 304);
    }
}

#[test]
fn pages_made_here_have_a_tag_of_their_bytes() {
    let world = World::published();
    for path in ["/", "/books/whale", "/tags/sea-stories"] {
        let first = world.get(path);
        let etag = first.header("etag").to_owned();
        assert!(first.status == 200 && etag.len() == 66, "{path}: {etag}");
        assert_eq!(world.get_with(path, &[("if-none-match", &etag)]).status, 304);
    }
}

#[test]
fn head_is_get_without_the_body() {
    let world = World::published();
    let token = format!("Bearer {}", world.press.token(&["tier:gold"]));
    for path in ["/books/whale/1", "/books/whale/3", "/books/whale/4"] {
        let get = world.get_with(path, &[("authorization", &token)]);
        let head = world.send(with(request("HEAD", path), &[("authorization", &token)]));
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-length"), get.body.len().to_string());
        for name in ["etag", "content-type", "cache-control", "accept-ranges", "content-length"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
    let json = world.send(with(request("HEAD", "/v1/books/whale/chapters/1"), &[("x-request-id", "r")]));
    let get = world.get_with("/v1/books/whale/chapters/1", &[("x-request-id", "r")]);
    assert_eq!(json.header("content-length"), get.body.len().to_string());
}
