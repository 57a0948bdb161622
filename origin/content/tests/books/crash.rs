//! What is left when the origin dies at the worst moment.

use std::{thread::sleep, time::Duration};

use aw_origin_harness::World;

use super::{import, publish, record, text};

#[test]
fn a_death_between_the_store_and_the_commit_harms_nothing() {
    let world = World::new(&[]);
    let tenant = world.tenant("crash");
    let book = import(&world, &tenant, "Crash", 3);
    let id = text(&book, "id");
    let before = world.sql(&tenant, "SELECT count(*), max(version) FROM records");
    // Somebody holds the book's row: the publish has uploaded everything, and waits in its transaction.
    let hold = format!("BEGIN; SELECT 1 FROM books WHERE id = '{id}' FOR UPDATE; SELECT pg_sleep(3); ROLLBACK;");
    std::thread::scope(|scope| {
        scope.spawn(|| world.sql(&tenant, &hold));
        sleep(Duration::from_millis(300));
        let publish = scope.spawn(|| publish(&world, &tenant, id));
        let mut killed = Vec::new();
        for _ in 0..50 {
            sleep(Duration::from_millis(50));
            killed = world.sql(
                &tenant,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'authorworks'",
            );
            if !killed.is_empty() {
                break;
            }
        }
        assert_eq!(killed, ["t"], "it waited for the lock");
        assert_eq!(publish.join().unwrap().status, 503);
    });
    assert_eq!(world.stored(&tenant), 7, "the objects are there");
    assert_eq!(world.sql(&tenant, "SELECT count(*), max(version) FROM records"), before);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM objects"), ["0"]);
    assert_eq!(record(&world, "m/crash/crash"), None);
    let done = publish(&world, &tenant, id).expect(200).data();
    assert_eq!((&done["objects"], &done["records"]), (&7.into(), &4.into()));
    assert_eq!(world.stored(&tenant), 7);
    assert!(record(&world, "m/crash/crash").is_some());
}

#[test]
fn without_the_object_store_nothing_is_published_and_the_origin_says_so() {
    let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], aw_runtimes::free_port().unwrap()));
    let world = World::with_store(nowhere);
    let tenant = world.tenant("nostore");
    let book = import(&world, &tenant, "No", 1);
    assert_eq!(publish(&world, &tenant, text(&book, "id")).status, 503);
    assert_eq!(record(&world, "m/nostore/no"), None);
    let ready = world.get(&aw_origin_harness::Who::edge("eu"), "/ready").expect(503);
    assert_eq!(ready.json()["error"]["details"]["missing"], serde_json::json!(["blobs"]));
    let whole = World::new(&[]);
    let _ = whole.get(&aw_origin_harness::Who::edge("eu"), "/ready").expect(200);
    let _ = publish(&whole, &tenant, "no").expect(200);
}
