//! Rotation, its grace, and what comes after.

use std::collections::BTreeSet;

use aw_origin_harness::World;
use serde_json::json;

use super::{host, refresh, register, text};

#[test]
fn fifty_at_once_get_one_successor_and_log_nobody_out() {
    let world = World::new(&[]);
    let tenant = world.tenant("fifty");
    let first = text(&register(&world, &tenant, "a@example.org"), "refreshToken").to_owned();
    let at_once = |token: &str| -> BTreeSet<String> {
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..50).map(|_| scope.spawn(|| refresh(&world, &tenant, token).expect(200))).collect();
            all.into_iter().map(|t| text(&t.join().unwrap().data(), "refreshToken").to_owned()).collect()
        })
    };
    let second = at_once(&first);
    assert_eq!(second.len(), 1, "one successor");
    let third = at_once(second.first().unwrap());
    assert_eq!(third.len(), 1);
    assert_ne!(second, third);
    // The first is still within its grace.
    assert_eq!(at_once(&first), second);
    assert_eq!(world.sql(&tenant, "SELECT count(*), count(parent), count(used_at) FROM refresh_tokens"), ["3|2|2"]);
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM sessions WHERE ended_at IS NULL"), ["1"]);
}

#[test]
fn a_reuse_after_the_grace_ends_the_family_and_tells_the_edges() {
    let mut edge = World::edge("eu");
    edge.up();
    let world = World::new(&[&edge]);
    let tenant = world.tenant("reuse");
    let tokens = register(&world, &tenant, "a@example.org");
    let other = register(&world, &tenant, "b@example.org");
    let first = text(&tokens, "refreshToken");
    let second = refresh(&world, &tenant, first).expect(200).data();
    world.sql(&tenant, "UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds' WHERE used_at IS NOT NULL");
    assert_eq!(refresh(&world, &tenant, first).expect(401).code(), "AUTH_REFRESH_REUSED");
    for dead in [first, text(&second, "refreshToken")] {
        assert_eq!(refresh(&world, &tenant, dead).expect(401).code(), "AUTH_REFRESH_INVALID");
    }
    let _ = refresh(&world, &tenant, text(&other, "refreshToken")).expect(200);
    let session = world.sql(&tenant, "SELECT id FROM sessions WHERE end_reason = 'reuse'");
    assert_eq!(host(&world, &tenant)["revoked"][0]["id"], json!(session[0]));
    // Pushed in the background; asking for it makes sure that it has been.
    world.push();
    let pushed = edge.record("h/reuse.localhost").expect("the host's record at the edge");
    assert_eq!(pushed["revoked"][0]["id"], json!(session[0]));
}

#[test]
fn a_token_that_has_expired_or_never_was_is_none() {
    let world = World::new(&[]);
    let tenant = world.tenant("expired");
    let tokens = register(&world, &tenant, "a@example.org");
    world.sql(&tenant, "UPDATE refresh_tokens SET expires_at = now() - interval '1 second'");
    for token in [text(&tokens, "refreshToken"), "never", ""] {
        assert_eq!(refresh(&world, &tenant, token).expect(401).code(), "AUTH_REFRESH_INVALID");
    }
}
