//! Whatever breaks between the steps, there is the whole file or none.

use std::sync::PoisonError;

use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{
    TURN, announce, author, complete, keys, png,
    relay::{Fault, Relay},
    send, sha256, text, used, work_in_turn,
};

/// Takes away what is left behind, as time would.
fn settle(world: &World, tenant: &str) {
    let past = "UPDATE files SET due_at = now(), signed_until = now() - interval '2 minutes', \
        lease_until = CASE WHEN lease IS NULL THEN NULL ELSE now() END";
    world.sql(tenant, past);
    work_in_turn(world);
    work_in_turn(world);
}

/// The file is stored, whole, and the only thing there.
fn check(world: &World, tenant: &str, who: &Who, id: &str, (bytes, sum): (&[u8], &str)) {
    settle(world, tenant);
    let file = world.get(who, &format!("/v1/files/{id}")).expect(200).data();
    assert_eq!((text(&file, "state"), text(&file, "sha256")), ("stored", sum));
    let link = world.get(who, &format!("/v1/files/{id}/link")).expect(200).data();
    assert!(world.fetch("GET", text(&link, "url"), &[], b"").expect(200).body == bytes);
    assert_eq!((keys(world, tenant).len(), used(world, tenant)), (1, bytes.len() as u64));
    let _ = world.ask(who, "DELETE", &format!("/v1/files/{id}"), &[], b"").expect(204);
    settle(world, tenant);
    assert_eq!((keys(world, tenant).len(), used(world, tenant)), (0, 0));
}

/// Runs `attempt` with a store that breaks at each of its requests in turn, until it breaks at none; how often.
fn each(world: &World, mut attempt: impl FnMut(&World, Fault)) -> usize {
    let mut broken = 0;
    for fault in [Fault::Before, Fault::After] {
        for at in 0.. {
            let relay = Relay::new(world.store(), at, fault);
            attempt(&World::with_store(relay.addr), fault);
            if relay.seen() <= at {
                break;
            }
            broken += 1;
        }
    }
    broken
}

#[test]
fn a_small_file_survives_every_break() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let world = World::new(&[]);
    let tenant = world.tenant("break-small");
    let ada = author(&tenant, "ada");
    let bytes = png(2000, 7);
    let sum = sha256(&bytes);
    let broken = each(&world, |broken, _| {
        let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
        let id = text(&begun["file"], "id");
        let _ = send(&world, &begun["upload"]["requests"][0], &bytes).expect(200);
        let first = complete(broken, &ada, id).status;
        assert!(matches!(first, 200 | 503), "{first}");
        let _ = complete(&world, &ada, id).expect(200);
        check(&world, &tenant, &ada, id, (&bytes, &sum));
    });
    assert!(broken >= 10, "{broken}");
}

#[test]
fn a_file_in_parts_survives_every_break() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let world = World::new(&[]);
    let tenant = world.tenant("break-parts");
    let ada = author(&tenant, "ada");
    let bytes = png((16 << 20) + 5, 7);
    let sum = sha256(&bytes);
    let broken = each(&world, |broken, _| {
        let begun = announce(&world, &ada, "a.png", &bytes, json!({ "sha256": sum })).expect(201).data();
        let id = text(&begun["file"], "id");
        for (request, part) in begun["upload"]["requests"].as_array().unwrap().iter().zip(bytes.chunks(8 << 20)) {
            let _ = send(&world, request, part).expect(200);
        }
        let first = complete(broken, &ada, id).status;
        assert!(matches!(first, 200 | 503), "{first}");
        // Nobody asks again: the sweep goes on with what was being checked.
        settle(&world, &tenant);
        if complete(&world, &ada, id).status == 404 {
            // It had not begun to be checked, and has expired as a whole.
            assert_eq!((keys(&world, &tenant).len(), used(&world, &tenant)), (0, 0));
            return;
        }
        check(&world, &tenant, &ada, id, (&bytes, &sum));
    });
    assert!(broken >= 8, "{broken}");
}

#[test]
fn one_who_comes_too_late_changes_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let world = World::new(&[]);
    let tenant = world.tenant("late");
    let ada = author(&tenant, "ada");
    // The first, the copy, and a look at the copy.
    let bytes = png(2000, 7);
    let sum = sha256(&bytes);
    for at in [0, 1, 2] {
        let begun = announce(&world, &ada, "a.png", &bytes, json!({})).expect(201).data();
        let (id, request) = (text(&begun["file"], "id"), &begun["upload"]["requests"][0]);
        let _ = send(&world, request, &bytes).expect(200);
        let relay = Relay::new(world.store(), at, Fault::Late);
        let slow = World::with_store(relay.addr);
        std::thread::scope(|scope| {
            let first = scope.spawn(|| complete(&slow, &ada, id).status);
            relay.arrived();
            assert_eq!(
                complete(&world, &ada, id).expect(202).data()["state"],
                if at == 2 { "checking" } else { "uploading" }
            );
            // As if it were dead.
            world.sql(&tenant, "UPDATE files SET lease_until = now() WHERE lease IS NOT NULL");
            let _ = complete(&world, &ada, id).expect(200);
            // What is at the URL now is another.
            let _ = send(&world, request, &png(2000, 8)).expect(200);
            relay.go();
            let late = first.join().unwrap();
            assert_eq!(late, 409, "{at}");
        });
        check(&world, &tenant, &ada, id, (&bytes, &sum));
    }
}
