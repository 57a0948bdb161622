//! Shelves, whoever publishes at the same time.

use std::collections::BTreeSet;

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{change, import, publish, record, text};

/// The books on a shelf as an edge reads them: all its leaves.
fn books(world: &World, tenant: &str, shelf: &str) -> (Value, Vec<(u64, String)>) {
    let head = record(world, &format!("s/{tenant}/{shelf}")).expect("a shelf").1;
    let leaves = head["next"].as_u64().unwrap().div_ceil(50);
    let mut all = Vec::new();
    for n in 0..leaves {
        let leaf = record(world, &format!("l/{tenant}/{shelf}/{n}")).expect("a leaf").1;
        for entry in leaf["books"].as_array().unwrap() {
            let ordinal = entry[0].as_u64().unwrap();
            assert_eq!(ordinal / 50, n);
            all.push((ordinal, text(&entry[1], "slug").to_owned()));
        }
    }
    (head, all)
}

#[test]
fn books_that_are_published_at_once_all_stand_on_their_shelves() {
    let world = World::new(&[]);
    let tenant = world.tenant("shelves");
    let drafts: Vec<String> = (0..60)
        .map(|n| {
            let id = text(&import(&world, &tenant, &format!("B{n}"), 1), "id").to_owned();
            let kind = ["Even", "Odd"][n % 2];
            let tags = json!({ "tags": ["Sea", kind], "authors": ["Ann", format!("Author {}", n % 3)] });
            let _ = change(&world, &tenant, ("PATCH", &format!("/v1/books/{id}")), "*", &tags).expect(200);
            id
        })
        .collect();
    std::thread::scope(|scope| {
        for part in drafts.chunks(10) {
            let (world, tenant) = (&world, &tenant);
            scope.spawn(move || part.iter().for_each(|id| drop(publish(world, tenant, id).expect(200))));
        }
    });
    for (shelf, count) in
        [("newest", 60), ("tag/sea", 60), ("tag/even", 30), ("author/ann", 60), ("author/author-1", 20)]
    {
        let (head, all) = books(&world, &tenant, shelf);
        assert_eq!((&head["count"], &head["next"]), (&json!(count), &json!(count)), "{shelf}");
        let ordinals: Vec<u64> = all.iter().map(|b| b.0).collect();
        assert_eq!(ordinals, (0..count).collect::<Vec<_>>(), "{shelf}");
        assert_eq!(all.iter().map(|b| &b.1).collect::<BTreeSet<_>>().len() as u64, count, "{shelf}");
    }
    // Half of them leave while the rest are published anew under another tag.
    std::thread::scope(|scope| {
        for (n, id) in drafts.iter().enumerate().filter(|(n, _)| n % 10 == 0) {
            let (world, tenant) = (&world, &tenant);
            scope.spawn(move || {
                let target = format!("/v1/books/{id}/unpublish");
                if n % 20 == 0 {
                    let _ = world.ask(&Who::operator(tenant), "POST", &target, &[], b"").expect(200);
                } else {
                    let body = json!({ "tags": ["Land"] });
                    let _ = change(world, tenant, ("PATCH", &format!("/v1/books/{id}")), "*", &body).expect(200);
                    let _ = publish(world, tenant, id).expect(200);
                }
            });
        }
    });
    for (shelf, count, next) in [("newest", 57, 60), ("tag/sea", 54, 60), ("tag/even", 24, 30), ("tag/land", 3, 3)] {
        let (head, all) = books(&world, &tenant, shelf);
        assert_eq!((&head["count"], &head["next"]), (&json!(count), &json!(next)), "{shelf}");
        assert_eq!(all.len() as u64, count, "{shelf}");
    }
    let placed = world
        .sql(&tenant, "SELECT count(*) FROM placements p JOIN books b ON b.id = p.book AND b.published_slug IS NULL");
    assert_eq!(placed, ["0"]);
}
