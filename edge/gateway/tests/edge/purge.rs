//! What the origin takes back, and what pretends to.

use aw_model::{key, record};
use aw_platform::{Body, http};
use aw_trust::message;

use crate::world::{HOST, Reply, World, request, request_key};

fn purge(world: &World, query: &str, authority: &str) -> Reply {
    let (mut head, ()) = request("POST", &format!("/_aw/purge?{query}")).body(()).unwrap().into_parts();
    message::sign_now(&world.p, &mut head, authority, ("origin", &request_key()), b"").unwrap();
    world.send(http::Request::from_parts(head, Body::Empty))
}

fn answer(world: &World, query: &str) -> (u64, bool, Option<String>) {
    let data = purge(world, query, HOST).json()["data"].clone();
    assert_eq!(data["staleSeconds"], 0);
    let cursor = data["cursor"].as_str().map(str::to_owned);
    (data["deleted"].as_u64().unwrap(), data["more"].as_bool().unwrap(), cursor)
}

#[test]
fn a_tenants_keys_go_forty_at_a_time_and_no_other_tenants() {
    let world = World::empty();
    let value = record::encode(1, Some(&"x")).unwrap();
    for n in 0..100 {
        world.put(&key::manifest("press", &format!("b-{n}")), value.clone());
    }
    let others =
        [key::manifest("press-2", "b"), key::manifest("pres", "b"), key::shelf("press", "newest"), key::host("b")];
    others.iter().for_each(|key| world.put(key, value.clone()));
    let (deleted, more, cursor) = answer(&world, "prefix=m/press/");
    assert_eq!((deleted, more), (40, true));
    assert_eq!(
        answer(&world, &format!("prefix=m/press/&cursor={}", cursor.unwrap())),
        (40, true, Some("m/press/b-80".into()))
    );
    assert_eq!(answer(&world, "prefix=m/press/"), (20, false, None), "from the beginning too");
    assert_eq!(answer(&world, "prefix=m/press/"), (0, false, None));
    others.iter().for_each(|key| assert!(world.stored(key).is_some(), "{key}"));
}

#[test]
fn a_host_goes_and_is_forgotten_at_once() {
    let world = World::published();
    assert_eq!(world.get("/").status, 200);
    assert_eq!(answer(&world, &format!("prefix=h/{HOST}")), (1, false, None));
    assert_eq!(answer(&world, &format!("prefix=h/{HOST}")), (0, false, None));
    assert_eq!(world.get("/").status, 503, "nobody can be asked for it");
}

#[test]
fn only_one_tenants_prefix_and_only_by_the_origin() {
    let world = World::published();
    for prefix in
        ["", "m", "m/", "m//", "m/press", "h/", "h/a/", "h/a/b", "x/press/", "m/press/a/", "m/Press/", "m/../"]
    {
        let reply = purge(&world, &format!("prefix={prefix}"), HOST);
        assert_eq!((reply.status, reply.code().as_str()), (400, "EDGE_PREFIX_INVALID"), "{prefix}");
    }
    assert_eq!(purge(&world, "", HOST).status, 400);
    assert_eq!(purge(&world, "prefix=m/press/", "other.edge").code(), "ORIGIN_SIGNATURE_MISMATCH");
    let unsigned = request("POST", "/_aw/purge?prefix=m/press/").body(Body::Empty).unwrap();
    assert_eq!(world.send(unsigned).code(), "ORIGIN_SIGNATURE_MISSING");
    let read = world.get("/_aw/purge?prefix=m/press/");
    assert_eq!((read.status, read.header("allow")), (405, "POST"));
    assert_eq!(world.get("/books/whale").status, 200);
}
