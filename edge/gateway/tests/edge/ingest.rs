//! What the origin delivers, and what pretends to.

use aw_model::{key, object, record};
use aw_platform::{Body, Bytes, limits};
use aw_trust::{digest, message};

use crate::world::{HOST, World, request, request_key};

fn record_of(version: u64, text: &str) -> Bytes {
    record::encode(version, Some(&text)).unwrap().into()
}

#[test]
fn a_newer_record_is_stored_and_an_older_one_refused() {
    let world = World::empty();
    let key = key::book_id("press", "b-1");
    assert_eq!(world.push(&key, record_of(7, "seven")).status, 204);
    assert_eq!(world.push(&key, record_of(9, "nine")).status, 204);
    for version in [1, 7, 8, 9] {
        let reply = world.push(&key, record_of(version, "old"));
        assert_eq!((reply.status, &reply.json()["data"]["kept"]), (200, &9.into()), "{version}");
        assert_eq!(world.stored(&key).unwrap(), record_of(9, "nine"));
    }
    let tombstone: Bytes = record::encode::<()>(10, None).unwrap().into();
    assert_eq!(world.push(&key, tombstone.clone()).status, 204);
    assert_eq!(world.push(&key, record_of(9, "nine")).status, 200, "a late push does not bring it back");
    assert_eq!(world.stored(&key).unwrap(), tombstone);
}

#[test]
fn deliveries_in_any_order_once_or_twice_end_the_same() {
    for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2], [1, 3, 3], [2, 1, 3]] {
        let world = World::empty();
        let key = key::manifest("press", "b");
        for version in order {
            world.push(&key, record_of(version, &version.to_string()));
        }
        assert_eq!(world.stored(&key).unwrap(), record_of(3, "3"), "{order:?}");
    }
}

#[test]
fn an_object_is_stored_once_and_must_be_what_it_is_called() {
    let world = World::empty();
    let body = Bytes::from_static(b"<p>text</p>");
    let key = key::object("press", &digest::sha256_hex(&body), 0);
    assert_eq!(world.push(&key, "something else").code(), "EDGE_VALUE_INVALID");
    assert_eq!(world.stored(&key), None);
    assert_eq!((world.push(&key, body.clone()).status, world.push(&key, body.clone()).status), (204, 204));
    assert_eq!(world.stored(&key).unwrap(), body);
}

#[test]
fn the_parts_of_a_long_object_are_stored_each_for_itself() {
    let world = World::empty();
    let long: Bytes = vec![7; object::PART as usize + 10].into();
    let sha256 = digest::sha256_hex(&long);
    let (first, second) = (long.slice(..object::PART as usize), long.slice(object::PART as usize..));
    assert_eq!(world.push(&key::object("press", &sha256, 1), second).status, 204);
    assert_eq!(world.push(&key::object("press", &sha256, 0), first).status, 204);
    let too_long: Bytes = vec![7; object::PART as usize + 1].into();
    assert_eq!(world.push(&key::object("press", &sha256, 2), too_long).status, 400);
}

#[test]
fn keys_and_values_that_are_none_are_refused() {
    let world = World::empty();
    let record = record_of(1, "x");
    let hash = "a".repeat(64);
    for key in [
        "".to_owned(),
        "x/press/a".to_owned(),
        "m/press/../other".to_owned(),
        "m//a".to_owned(),
        "m/Press/a".to_owned(),
        format!("m/press/{}", "a".repeat(256)),
        "o/press/abc".to_owned(),
        format!("o/press/{hash}/0"),
        format!("o/press/{hash}/01"),
        format!("o/press/{hash}/x"),
        format!("o/press/{hash}/1/2"),
        format!("o/press/{hash}/4294967296"),
    ] {
        let reply = world.push(&key, record.clone());
        assert_eq!((reply.status, reply.code().as_str()), (400, "EDGE_VALUE_INVALID"), "{key}");
    }
    for value in ["", "{}", "x\n{}", "-1\n{}", "99999999999999999999999\n{}", "1"] {
        assert_eq!(world.push("m/press/a", value).status, 400, "{value:?}");
    }
    let big: Bytes = vec![b'1'; limits::KV_VALUE + 1].into();
    assert_eq!(world.push("m/press/a", big).status, 413);
}

#[test]
fn only_what_the_origin_signed_for_this_edge_just_now_is_taken() {
    let world = World::empty();
    let value = record_of(1, "x");
    let refused = |request, code: &str| {
        let reply = world.send(request);
        assert_eq!((reply.status, reply.code().as_str()), (401, code));
    };
    let good = || world.signed("m/press/a", value.clone(), "origin", HOST);
    refused(
        request("PUT", "/_aw/values?key=m/press/a").body(value.clone().into()).unwrap(),
        "ORIGIN_SIGNATURE_MISSING",
    );
    refused(world.signed("m/press/a", value.clone(), "native", HOST), "ORIGIN_SIGNATURE_KEY_UNKNOWN");
    refused(world.signed("m/press/a", value.clone(), "origin", "other.edge"), "ORIGIN_SIGNATURE_MISMATCH");
    refused(good().map(|_| Body::from(record_of(2, "y"))), "ORIGIN_SIGNATURE_DIGEST");
    refused(good().map(|_| Body::Empty), "ORIGIN_SIGNATURE_DIGEST");
    let mut other = good();
    *other.uri_mut() = "/_aw/values?key=m/press/b".parse().unwrap();
    refused(other, "ORIGIN_SIGNATURE_MISMATCH");
    let mut forged = good();
    forged.headers_mut().insert("x-aw-version", "9".parse().unwrap());
    refused(forged, "ORIGIN_SIGNATURE_UNCOVERED");
    let (early, late) = (good(), good());
    world.p.set_now(aw_platform::Platform::now(&world.p) - 11_000);
    refused(early, "ORIGIN_SIGNATURE_FUTURE");
    world.advance(11 + 61);
    refused(late, "ORIGIN_SIGNATURE_EXPIRED");
    assert_eq!(world.stored("m/press/a"), None);
    assert_eq!(world.send(good()).status, 204);
}

#[test]
fn a_replay_changes_nothing() {
    let world = World::empty();
    let (head, _) = world.signed("m/press/a", record_of(1, "one"), "origin", HOST).into_parts();
    let replay = || aw_platform::http::Request::from_parts(head.clone(), Body::from(record_of(1, "one")));
    assert_eq!(world.send(replay()).status, 204);
    world.push("m/press/a", record_of(2, "two"));
    assert_eq!(world.send(replay()).status, 200);
    assert_eq!(world.stored("m/press/a").unwrap(), record_of(2, "two"));
}

#[test]
fn nothing_can_be_read_there_by_anyone() {
    let world = World::published();
    for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS"] {
        let (mut head, ()) = request(method, "/_aw/values?key=m/press/whale").body(()).unwrap().into_parts();
        message::sign_now(&world.p, &mut head, HOST, ("origin", &request_key()), b"").unwrap();
        let reply = world.send(aw_platform::http::Request::from_parts(head, Body::Empty));
        assert_eq!((reply.status, reply.header("allow")), (405, "PUT"), "{method}");
    }
    world.origin.up.set(true);
    for path in ["/_aw/push", "/_aw", "/_aw/values/x", "/%5faw/push", "/_aw/values/../push"] {
        let reply = world.send(request("POST", path).body(Body::Empty).unwrap());
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
    }
    assert_eq!(world.origin.count(), 0, "the origin's own routes are not reached through an edge");
}
