//! A tenant's end: nothing is left of it, and nothing is missing of anybody else's.

use std::{collections::BTreeMap, net::SocketAddr};

use aw_origin_harness::{Answer, GatewayEdge, Who, World};
use serde_json::{Value, json};

use super::publish;

fn delete(world: &World, query: &str) -> Answer {
    world.ask(&Who::operator(""), "DELETE", &format!("/v1/tenants/gone{query}"), &[], b"")
}

fn work(world: &World) -> Value {
    world.ask(&Who::operator(""), "POST", "/_aw/work/tenants", &[], b"").expect(200).data()
}

/// What is waited for, and `true` where nothing is.
fn waiting(answer: &Answer) -> (Vec<String>, bool) {
    let data = answer.data();
    let what = data["waitingFor"].as_array().expect("a list").iter().map(|w| w["what"].as_str().unwrap().to_owned());
    (what.collect(), data["done"] == true)
}

/// Lets the time pass after which nothing is on its way any more.
fn quiet(world: &World) {
    world.control(
        "UPDATE tenants SET quiet_at = now() WHERE deleting_at IS NOT NULL; \
         UPDATE tenant_purges SET due_at = now()",
    );
}

/// Everything of a tenant: rows, objects, values at edges.
type Whole = (BTreeMap<String, String>, BTreeMap<String, Vec<u8>>, Vec<BTreeMap<String, Vec<u8>>>);

fn whole(world: &World, edges: &[&GatewayEdge], tenant: &str) -> Whole {
    let at = |edge: &&GatewayEdge| {
        let mut values = edge.values();
        values.retain(|key, _| key.contains(tenant));
        values
    };
    (world.rows(Some(tenant)), world.objects(&format!("o/{tenant}/")), edges.iter().map(at).collect())
}

/// No place has anything with the name `gone` in it.
fn nothing_is_left(world: &World, edges: &[&GatewayEdge]) {
    let rows = world.rows(None);
    assert!(rows.values().all(|rows| !rows.contains("gone")), "{rows:?}");
    assert!(!world.databases().contains(&"aw_gone".to_owned()));
    assert!(world.objects("").keys().all(|key| !key.contains("gone")));
    let uploads = world.at_store("GET", "", &[("uploads", "")], &[], b"").expect(200).body;
    assert!(!String::from_utf8(uploads).unwrap().contains("gone"));
    for edge in edges {
        let keys: Vec<String> = edge.values().into_keys().filter(|key| key.contains("gone")).collect();
        assert!(keys.is_empty(), "{}: {keys:?}", edge.place().0);
    }
}

/// A world with two tenants that have published, `gone` once at a host more.
fn world_of(edges: &mut [GatewayEdge]) -> World {
    let world = World::of_gateways(&edges.iter().collect::<Vec<_>>());
    edges.iter_mut().for_each(|edge| edge.up(&world));
    for tenant in ["gone", "stays"] {
        world.tenant(tenant);
        publish(&world, tenant, "First");
        publish(&world, tenant, "Second");
    }
    for hosts in [json!(["gone-once.example"]), json!([])] {
        let body = json!({ "hosts": hosts });
        let _ = world.json(&Who::operator(""), "PATCH", "/v1/tenants/gone", &body).expect(200);
    }
    world.settle();
    world
}

#[test]
fn a_deleted_tenant_leaves_nothing_behind() {
    let mut edges = [GatewayEdge::new("here"), GatewayEdge::new("away")];
    let world = world_of(&mut edges);
    let _ = world.at_store("POST", "f/gone/file", &[("uploads", "")], &[], b"").expect(200);
    let _ = world.at_store("PUT", "f/gone/other", &[], &[], b"bytes").expect(200);
    edges[1].down();
    let before = whole(&world, &[&edges[0]], "stays");
    assert!(edges[0].values().contains_key("h/gone-once.example"), "a tombstone");

    assert_eq!(delete(&world, "").expect(422).code(), "TENANT_CONFIRMATION_MISSING");
    assert_eq!(delete(&world, "?confirm=stays").expect(422).code(), "TENANT_CONFIRMATION_MISSING");
    let owner = Who::stranger("gone", [192, 0, 2, 1].into()).user("x", "owner");
    let by_owner = world.ask(&owner, "DELETE", "/v1/tenants/gone?confirm=gone", &[], b"");
    assert_eq!(by_owner.expect(403).code(), "AUTH_OPERATOR_REQUIRED");
    let first = delete(&world, "?confirm=gone").expect(202);
    assert_eq!(waiting(&first).0, ["store", "edge:here", "edge:away"]);

    // Gone for everybody at once, but not free.
    let operator = Who::operator("");
    assert_eq!(world.get(&operator, "/v1/tenants/gone").expect(404).code(), "TENANT_NOT_FOUND");
    assert_eq!(world.get(&Who::operator("gone"), "/v1/drafts").expect(404).code(), "TENANT_NOT_FOUND");
    let _ = edges[0].get("gone.localhost", "/books/first/1", &[]).expect(404);
    assert!(!world.databases().contains(&"aw_gone".to_owned()));
    let again = json!({ "id": "gone", "name": "x", "baseUrl": "http://gone.localhost" });
    assert_eq!(world.json(&operator, "POST", "/v1/tenants", &again).expect(409).code(), "TENANT_DELETING");
    let thief = json!({ "id": "thief", "name": "x", "baseUrl": "http://gone.localhost" });
    assert_eq!(world.json(&operator, "POST", "/v1/tenants", &thief).expect(409).code(), "TENANT_HOST_TAKEN");
    let _ = world.json(&operator, "PATCH", "/v1/tenants/gone", &json!({ "name": "y" })).expect(404);

    // What arrives late goes with the last look.
    let _ = world.at_store("PUT", "f/gone/late", &[], &[], b"bytes").expect(200);
    assert_eq!(work(&world), json!({ "deleted": 0, "waiting": 1 }));
    quiet(&world);
    let waits = delete(&world, "?confirm=gone").expect(202);
    assert_eq!(waiting(&waits), (vec!["edge:away".to_owned()], false));
    edges[1].up(&world);
    world.control("UPDATE tenant_purges SET due_at = now()");
    assert_eq!(work(&world), json!({ "deleted": 1, "waiting": 0 }));
    let _ = delete(&world, "?confirm=gone").expect(404);
    nothing_is_left(&world, &[&edges[0], &edges[1]]);
    assert_eq!(whole(&world, &[&edges[0]], "stays"), before);

    world.tenant("gone");
    publish(&world, "gone", "Third");
    world.settle();
    for edge in &edges {
        let _ = edge.get("gone.localhost", "/books/third/1", &[]).expect(200);
        let _ = edge.get("gone.localhost", "/books/first/1", &[]).expect(404);
    }
}

#[test]
fn an_edge_that_never_comes_back_is_abandoned() {
    let mut edges = [GatewayEdge::new("here"), GatewayEdge::new("lost")];
    let world = world_of(&mut edges);
    edges[1].down();
    let _ = delete(&world, "?confirm=gone").expect(202);
    quiet(&world);
    assert_eq!(waiting(&delete(&world, "?confirm=gone").expect(202)).0, ["edge:lost"]);
    assert_eq!(delete(&world, "?confirm=gone&abandon=No%20edge").expect(422).code(), "TENANT_EDGE_INVALID");
    assert_eq!(waiting(&delete(&world, "?confirm=gone&abandon=lost").expect(200)), (vec![], true));
    nothing_is_left(&world, &[&edges[0]]);
}

#[test]
fn it_goes_on_wherever_it_was_killed() {
    let mut edges = [GatewayEdge::new("here")];
    let world = world_of(&mut edges);
    let objects = world.objects("o/gone/").into_keys().collect::<Vec<_>>();
    let mark = "UPDATE tenants SET ready_at = NULL, deleting_at = now(), quiet_at = now() WHERE id = 'gone'";
    world.control(mark);
    // Each as it is found after a kill: only marked; some objects gone; the database gone, too.
    for object in &objects[..objects.len() / 2] {
        let _ = world.at_store("DELETE", object, &[], &[], b"").expect(204);
    }
    let nowhere: SocketAddr = ([127, 0, 0, 1], aw_runtimes::free_port().unwrap()).into();
    let world = world.with_store_at(nowhere, &[&edges[0]]);
    assert_eq!(waiting(&delete(&world, "?confirm=gone").expect(202)).0, ["store"]);
    assert!(!world.databases().contains(&"aw_gone".to_owned()));
    let world = world.with_gateways(&[&edges[0]]);
    assert_eq!(work(&world), json!({ "deleted": 1, "waiting": 0 }));
    nothing_is_left(&world, &[&edges[0]]);
    // A creation that never ended can be deleted as well.
    world.tenant("gone");
    world.control("UPDATE tenants SET ready_at = NULL; DROP DATABASE aw_gone WITH (FORCE)");
    let _ = delete(&world, "?confirm=gone").expect(202);
    quiet(&world);
    assert_eq!(work(&world), json!({ "deleted": 1, "waiting": 0 }));
}
