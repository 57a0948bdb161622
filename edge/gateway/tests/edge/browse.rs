//! Shelves: cursors that lead through all of it, at a cost that does not grow.

use std::collections::BTreeSet;

use aw_model::{BookCard, Leaf, Shelf, catalogue::LEAF, key, record};

use crate::world::{World, encode, in_lines};

/// Puts a shelf of `count` books into the edge's store; those whose ordinal `gone` names are missing.
fn fill(world: &World, shelf: &str, count: u64, gone: impl Fn(u64) -> bool) {
    let card = |n: u64| BookCard {
        id: format!("id-{n}"),
        slug: format!("book-{n}"),
        title: format!("Book <{n}>"),
        authors: vec!["A & B".into()],
        tags: Vec::new(),
        series: None,
        cover: None,
        chapters: 1,
        published_at: "2025-12-01T00:00:00.000Z".into(),
        ..BookCard::default()
    };
    let there: Vec<u64> = (0..count).filter(|n| !gone(*n)).collect();
    let head = Shelf { name: "Shelf".into(), count: there.len() as u64, next: count };
    world.put(&key::shelf("press", shelf), record::encode(2, Some(&head)).unwrap());
    for n in 0..count.div_ceil(LEAF) {
        let books = there.iter().filter(|o| **o / LEAF == n).map(|o| (*o, card(*o))).collect();
        world.put(&key::leaf("press", shelf, n), record::join(2, &Leaf { books }.to_json().unwrap()));
    }
}

/// Walks the list to its end: the slugs in order, and the number of pages.
fn walk(world: &World, query: &str) -> (Vec<String>, usize) {
    let (mut slugs, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let reply = world.get(&format!("/v1/books?{query}{cursor}"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        let json = reply.json();
        slugs.extend(json["data"].as_array().unwrap().iter().map(|b| b["slug"].as_str().unwrap().to_owned()));
        pages += 1;
        match json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (slugs, pages),
        }
        assert!(pages <= 2_000, "it ends");
    }
}

#[test]
fn a_walk_over_a_thousand_books_meets_each_once_newest_first() {
    let world = World::published();
    fill(&world, "newest", 1_000, |_| false);
    let expected: Vec<String> = (0..1_000).rev().map(|n| format!("book-{n}")).collect();
    for limit in [1, 7, 20, 49, 50, 51, 100] {
        let (slugs, pages) = walk(&world, &format!("limit={limit}"));
        assert_eq!(slugs, expected, "limit {limit}");
        assert!(pages <= 1_000_usize.div_ceil(limit) + 1, "{pages} pages of {limit}");
    }
}

#[test]
fn books_that_were_taken_off_leave_holes_that_nobody_sees() {
    let world = World::published();
    for gone in [|n: u64| n.is_multiple_of(3), |n: u64| (100..900).contains(&n), |n: u64| n > 20, |_| true] {
        fill(&world, "newest", 1_000, gone);
        let expected: Vec<String> = (0..1_000).rev().filter(|n| !gone(*n)).map(|n| format!("book-{n}")).collect();
        assert_eq!(walk(&world, "limit=10").0, expected);
    }
}

#[test]
fn books_that_come_meanwhile_do_not_disturb_a_walk() {
    let world = World::published();
    fill(&world, "newest", 120, |_| false);
    let first = world.get("/v1/books?limit=30").json();
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap().to_owned();
    fill(&world, "newest", 200, |_| false);
    let second = world.get(&format!("/v1/books?limit=30&cursor={cursor}")).json();
    let slugs: BTreeSet<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["data"].as_array().unwrap())
        .map(|b| b["slug"].as_str().unwrap())
        .collect();
    let expected: BTreeSet<String> = (60..120).map(|n| format!("book-{n}")).collect();
    assert_eq!(slugs, expected.iter().map(String::as_str).collect());
    // An edge that knows less than the one that gave the cursor starts with what it knows.
    fill(&world, "newest", 10, |_| false);
    assert_eq!(world.get("/v1/books?cursor=b5000").json()["data"].as_array().unwrap().len(), 10);
}

#[test]
fn a_page_costs_the_same_with_ten_books_as_with_a_hundred_thousand() {
    let asked = |count: u64| {
        let world = World::empty();
        let newest = count - 1;
        let head = Shelf { name: "Newest".into(), count, next: count };
        let mut values = world.origin.values.borrow_mut();
        values.insert(key::shelf("press", "newest"), encode(&head));
        let from = newest / LEAF * LEAF;
        let books = (from..=newest).map(|o| (o, serde_json::from_value(card(o)).unwrap())).collect();
        values.insert(key::leaf("press", "newest", newest / LEAF), in_lines(&Leaf { books }.to_json().unwrap()));
        drop(values);
        assert_eq!(world.get("/v1/books?limit=10").json()["data"].as_array().unwrap().len(), 10);
        world.origin.count()
    };
    assert_eq!(asked(10), 3, "tenant, head, leaf");
    assert_eq!(asked(100_000), 3);
}

fn card(n: u64) -> serde_json::Value {
    serde_json::json!({
        "id": format!("id-{n}"), "slug": format!("book-{n}"), "title": "T", "authors": [], "chapters": 1,
        "publishedAt": "2025-12-01T00:00:00.000Z",
    })
}

#[test]
fn shelves_by_tag_author_and_series() {
    let world = World::published();
    fill(&world, "series/whaling", 3, |_| false);
    for (query, path) in [
        ("tag=sea-stories", "/tags/sea-stories"),
        ("author=herman-melville", "/authors/herman-melville"),
        ("series=whaling", "/series/whaling"),
        ("", "/"),
    ] {
        let json = world.get(&format!("/v1/books?{query}")).json();
        let books = json["data"].as_array().unwrap();
        assert!(!books.is_empty(), "{query}");
        let page = world.get(path);
        assert_eq!(page.status, 200, "{path}");
        for book in books {
            assert!(page.text().contains(&format!("href=\"/books/{}\"", book["slug"].as_str().unwrap())), "{path}");
        }
        assert_eq!(page.header("surrogate-key"), "tenant-press");
    }
    assert_eq!(
        world.get("/v1/books?limit=5").json()["pagination"],
        serde_json::json!({ "nextCursor": null, "limit": 5 })
    );
}

#[test]
fn a_shelf_that_is_not_there_is_empty_for_programs_and_a_404_for_people() {
    let world = World::published();
    world.origin.up.set(true);
    let json = world.get("/v1/books?tag=nothing");
    assert_eq!((json.status, &json.json()["data"]), (200, &serde_json::json!([])));
    assert_eq!(world.get("/v1/books?tag=No+Slug").json()["data"], serde_json::json!([]));
    assert_eq!(world.get("/tags/nothing").status, 404);
    // A press that has published nothing has a front page all the same.
    let world = World::empty();
    world.origin.values.borrow_mut().retain(|key, _| key.starts_with("h/"));
    let front = world.get("/");
    assert!(front.status == 200 && front.text().contains("The Press"));
}

#[test]
fn pages_lead_on_to_older_books_and_escape_what_they_show() {
    let world = World::published();
    fill(&world, "newest", 60, |_| false);
    let (mut path, mut seen) = ("/".to_owned(), 0);
    loop {
        let page = world.get(&path);
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("Book <") && page.text().contains("A &amp; B"));
        seen += page.text().matches("href=\"/books/book-").count();
        let Some(at) = page.text().find("href=\"/?cursor=") else { break };
        path = page.text()[at + 6..].split('"').next().unwrap().to_owned();
    }
    assert_eq!(seen, 60);
}
