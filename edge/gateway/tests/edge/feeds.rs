//! What programs follow: feeds, catalogues, sitemaps.

use aw_model::{BookCard, Leaf, Shelf, catalogue::LEAF, key, record};
use feed_rs::parser;

use crate::world::{World, request};

/// Puts a shelf of everything with `count` books into the edge's store.
fn fill(world: &World, count: u64) {
    let card = |n: u64| BookCard {
        id: format!("019b7700-0000-7000-8000-{n:012}"),
        slug: format!("book-{n}"),
        title: format!("Book <{n}>"),
        authors: vec!["A & B".into()],
        published_at: "2025-12-01T00:00:00.000Z".into(),
        updated_at: format!("2026-01-01T00:00:{:02}.000Z", n % 60),
        summary: "A book & more".into(),
        language: "en".into(),
        epub: Some(aw_model::Access::Free),
        ..BookCard::default()
    };
    let head = Shelf { name: "Newest".into(), count, next: count };
    world.put(&key::shelf("press", "newest"), record::encode(2, Some(&head)).unwrap());
    for n in 0..count.div_ceil(LEAF) {
        let books = (n * LEAF..((n + 1) * LEAF).min(count)).map(|o| (o, card(o))).collect();
        world.put(&key::leaf("press", "newest", n), record::join(2, &Leaf { books }.to_json().unwrap()));
    }
}

#[test]
fn the_newest_books_are_fed_in_every_format() {
    let world = World::published();
    fill(&world, 120);
    for (path, kind) in [
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/opds", "application/atom+xml;profile=opds-catalog;kind=acquisition"),
    ] {
        let reply = world.get(path);
        assert_eq!((reply.status, reply.header("content-type")), (200, kind));
        let feed = parser::parse(&reply.body[..]).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(feed.entries.len(), 50, "{path}");
        assert_eq!(feed.entries[0].title.as_ref().unwrap().content, "Book <119>", "{path}");
        assert!(feed.entries[0].links.iter().any(|l| l.href == "https://press.localhost/books/book-119"), "{path}");
        assert_eq!(reply.header("cache-tag"), "tenant-press");
        assert_eq!(reply.header("cache-control"), world.get("/").header("cache-control"));
        let etag = reply.header("etag").to_owned();
        assert_eq!(world.get_with(path, &[("if-none-match", &etag)]).status, 304, "{path}: it has no time in it");
        assert_eq!(world.send(request("POST", path).body(aw_platform::Body::Empty).unwrap()).status, 405);
        assert_eq!(world.get(&format!("{path}?cursor=x")).status, 400);
    }
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn a_catalogue_leads_through_all_books() {
    let world = World::published();
    fill(&world, 120);
    let (mut path, mut slugs, mut pages) = ("/opds.json".to_owned(), Vec::new(), 0);
    loop {
        let page = world.get(&path);
        assert_eq!(page.header("content-type"), "application/opds+json");
        let page = page.json();
        assert_eq!(page["metadata"]["numberOfItems"], 120);
        for book in page["publications"].as_array().unwrap() {
            assert_eq!(book["links"][0]["rel"], "http://opds-spec.org/acquisition/open-access");
            slugs.push(book["links"][0]["href"].as_str().unwrap().to_owned());
        }
        pages += 1;
        let links = page["links"].as_array().unwrap();
        assert!(links.iter().any(|link| link["rel"] == "self" && link["href"].as_str().unwrap().ends_with(&path)));
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
        path = next["href"].as_str().unwrap().strip_prefix("https://press.localhost").unwrap().to_owned();
    }
    let expected: Vec<String> =
        (0..120).rev().map(|n| format!("https://press.localhost/books/book-{n}.epub")).collect();
    assert_eq!((slugs, pages), (expected, 3));
}

#[test]
fn paid_books_are_said_to_be() {
    let world = World::published();
    let catalogue = world.get("/opds.json").json();
    let links = &catalogue["publications"][0]["links"];
    assert_eq!(
        (&links[0]["rel"], &links[0]["href"]),
        (&"http://opds-spec.org/acquisition/subscribe".into(), &"https://press.localhost/books/whale.epub".into())
    );
    assert!(world.get("/opds").text().contains("acquisition/subscribe"));
}

#[test]
fn a_books_chapters_are_fed_newest_first_without_their_text() {
    let world = World::published();
    for (path, titles) in [("feed.xml", 4), ("atom.xml", 4), ("feed.json", 4)] {
        let reply = world.get(&format!("/books/whale/{path}"));
        let feed = parser::parse(&reply.body[..]).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!((feed.title.unwrap().content.as_str(), feed.entries.len()), ("The Whale", titles));
        assert_eq!(feed.entries[0].title.as_ref().unwrap().content, "The Counterpane");
        assert!(feed.entries[0].links.iter().any(|l| l.href == "https://press.localhost/books/whale/4"));
        assert!(!reply.text().contains("gable-ended") && !reply.text().contains("shirt"));
    }
    world.origin.up.set(true);
    assert_eq!(world.get("/books/none/feed.xml").status, 404);
}

#[test]
fn pages_say_where_the_feeds_are() {
    let world = World::published();
    for (path, feed) in
        [("/", "/feed.xml"), ("/books/whale", "/books/whale/feed.xml"), ("/books/whale/1", "/books/whale/feed.xml")]
    {
        let page = world.get(path);
        let link = format!("<link rel=\"alternate\" type=\"application/rss+xml\" title=\"RSS\" href=\"{feed}\">");
        assert!(page.text().contains(&link), "{path}: {}", page.text());
    }
    assert!(world.get("/").text().contains("href=\"/opds\""));
}

#[test]
fn crawlers_find_every_book() {
    let world = World::published();
    fill(&world, 1_000);
    let robots = world.get("/robots.txt");
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
    assert!(robots.text().contains("Sitemap: https://press.localhost/sitemap.xml"));
    let locations = |path: &str| {
        let reply = world.get(path);
        assert_eq!(reply.status, 200, "{path}");
        let document = roxmltree::Document::parse(reply.text()).unwrap();
        let all = document.descendants().filter(|n| n.tag_name().name() == "loc").map(|n| n.text().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    let maps = locations("/sitemap.xml");
    assert_eq!(maps.len(), 3);
    let mut books = Vec::new();
    for map in maps {
        books.extend(locations(map.strip_prefix("https://press.localhost").unwrap()));
    }
    let expected: Vec<String> = std::iter::once("https://press.localhost/".to_owned())
        .chain((0..1_000).map(|n| format!("https://press.localhost/books/book-{n}")))
        .collect();
    assert_eq!(books, expected);
    for path in [
        "/sitemap-3.xml",
        "/sitemap-x.xml",
        "/sitemap-00.xml",
        "/sitemap-99999999999999999999.xml",
        "/sitemap-18446744073709551615.xml",
    ] {
        assert_eq!(world.get(path).status, 404, "{path}");
    }
}
