//! A whole book as a file, decided from the token as its chapters are.

use crate::world::{EPUB, WHALE, World};

#[test]
fn who_may_read_all_of_it_gets_the_file() {
    let world = World::published();
    let whole = EPUB.repeat(100_000);
    let gold = world.press.token(&["tier:gold"]);
    let file = world.get_as("/books/whale.epub", &gold);
    assert_eq!((file.status, file.header("content-type")), (200, "application/epub+zip"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"whale.epub\"");
    assert!(file.body == whole && file.streamed, "it is of several parts, and never whole in memory");
    assert_eq!((file.header("cache-control"), file.header("vary")), ("private, no-cache", "Cookie, Authorization"));
    let etag = file.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", world.press.book.epub.as_ref().unwrap().object.sha256));
    let bearer = format!("Bearer {gold}");
    let known = world.get_with("/books/whale.epub", &[("authorization", &bearer), ("if-none-match", &etag)]);
    assert_eq!((known.status, known.body.len()), (304, 0));
    let range = world.get_with("/books/whale.epub", &[("authorization", &bearer), ("range", "bytes=899990-900009")]);
    assert_eq!((range.status, &range.body[..]), (206, &whole[899_990..900_010]), "over the border of two parts");
    let owner = world.press.token(&[&format!("book:{WHALE}")]);
    assert_eq!(world.get_as("/books/whale.epub", &owner).status, 200, "who bought the book");
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn others_get_not_a_byte() {
    let world = World::published();
    for refused in
        [world.get("/books/whale.epub"), world.get_as("/books/whale.epub", &world.press.token(&["tier:silver"]))]
    {
        assert_eq!((refused.status, refused.header("cache-control")), (402, "no-store"));
        assert!(!refused.text().contains("PK"), "{}", refused.text());
    }
    assert_eq!(world.get_with("/books/whale.epub", &[("range", "bytes=0-9")]).status, 402);
    world.origin.up.set(true);
    assert_eq!(world.get("/books/none.epub").status, 404);
    assert_eq!(world.get("/books/..epub").status, 404);
    let mut whale = world.press.book.clone();
    whale.epub = None;
    world.put("m/press/whale", aw_model::record::join(2, &whale.to_json().unwrap()));
    assert_eq!(world.get_as("/books/whale.epub", &world.press.token(&["tier:gold"])).status, 404);
}

#[test]
fn the_books_page_says_that_there_is_one() {
    let world = World::published();
    let page = world.get("/books/whale");
    assert!(page.text().contains("href=\"/books/whale.epub\""), "{}", page.text());
}
