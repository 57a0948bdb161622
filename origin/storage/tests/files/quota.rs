//! The quota, under everything at once.

use aw_origin_harness::World;
use serde_json::json;

use super::{announce, author, png, store, text, used};

#[test]
fn no_number_of_uploads_at_once_is_more_than_the_quota() {
    let world = World::new(&[]);
    let tenant = world.tenant("quota");
    let ada = author(&tenant, "ada");
    world.sql(&tenant, "UPDATE storage SET quota_bytes = 10500");
    let bytes = png(1000, 1);
    let statuses = std::thread::scope(|scope| {
        let one = || announce(&world, &ada, "a.png", &bytes, json!({})).status;
        let all: Vec<_> = (0..24).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
    let refused = announce(&world, &ada, "a.png", &bytes, json!({})).expect(413);
    assert_eq!(refused.code(), "STORAGE_QUOTA_EXCEEDED");
    assert_eq!(refused.json()["error"]["details"], json!({ "quotaBytes": 10500, "usedBytes": 10000, "size": 1000 }));
    let list = world.get(&ada, "/v1/files").expect(200).data();
    for file in list.as_array().unwrap() {
        let _ = world.ask(&ada, "DELETE", &format!("/v1/files/{}", text(file, "id")), &[], b"").expect(204);
    }
    assert_eq!(used(&world, &tenant), 0);
}

#[test]
fn what_is_counted_is_what_there_is() {
    let world = World::new(&[]);
    let tenant = world.tenant("counted");
    let ada = author(&tenant, "ada");
    world.sql(&tenant, "UPDATE storage SET quota_bytes = 20000");
    // Uploads, copies and deletions of the same files at once: a copy of a file that goes may find that it has gone.
    std::thread::scope(|scope| {
        for n in 0..6_u8 {
            let (world, ada) = (&world, &ada);
            scope.spawn(move || {
                for round in 0..4 {
                    let file = store(world, ada, "a.png", &png(500 + 10 * usize::from(n), round), json!({}));
                    let target = format!("/v1/files/{}", text(&file, "id"));
                    let copy = || world.ask(ada, "POST", &format!("{target}/copy"), &[], b"").status;
                    let delete = || world.ask(ada, "DELETE", &target, &[], b"").status;
                    let (copied, deleted) = std::thread::scope(|scope| {
                        let (one, two) = (scope.spawn(copy), scope.spawn(delete));
                        (one.join().unwrap(), two.join().unwrap())
                    });
                    assert!(matches!(copied, 201 | 404 | 413), "{copied}");
                    assert_eq!(deleted, 204);
                    super::work(world);
                }
            });
        }
    });
    let sums = "SELECT coalesce(sum(size), 0) FROM files WHERE state NOT IN ('deleted', 'refused')";
    assert_eq!(world.sql(&tenant, sums), [used(&world, &tenant).to_string()]);
    // Every file that there is has its bytes.
    let list = world.get(&ada, "/v1/files").expect(200).data();
    for file in list.as_array().unwrap() {
        let link = world.get(&ada, &format!("/v1/files/{}/link", text(file, "id"))).expect(200).data();
        let got = world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body;
        assert_eq!(super::sha256(&got), text(file, "sha256"));
    }
}
