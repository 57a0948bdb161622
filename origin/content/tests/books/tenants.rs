//! Tenants, as the operator makes and changes them.

use aw_model::Tenant;
use aw_origin_harness::{Who, World};
use serde_json::json;

use super::{record, text};

fn host(world: &World, host: &str) -> Option<(u64, Tenant)> {
    record(world, &format!("h/{host}")).map(|(version, json)| (version, serde_json::from_value(json).unwrap()))
}

#[test]
fn a_tenant_has_a_database_a_key_and_a_record_for_each_host() {
    let world = World::new(&[]);
    let operator = Who::operator("");
    let new = json!({ "id": "press-1", "name": "The Press", "baseUrl": "https://press-1.example:8443",
                      "hosts": ["www.press-1.example"] });
    let made = world.json(&operator, "POST", "/v1/tenants", &new).expect(201).data();
    assert_eq!(made["hosts"], json!(["press-1.example", "www.press-1.example"]));
    let (_, www) = host(&world, "www.press-1.example").unwrap();
    assert_eq!((www.base_url.as_str(), www.id.as_str()), ("https://www.press-1.example:8443", "press-1"));
    assert_eq!(www.keys[0].kid, made["kids"][0]);
    assert_eq!(record(&world, "s/press-1/newest").unwrap().1["count"], 0);
    let listed = world.get(&operator, "/v1/tenants?limit=100").expect(200).data();
    assert_eq!(world.get(&operator, "/v1/tenants?cursor=%00").status, 400);
    assert!(listed.as_array().unwrap().contains(&made), "{listed}");
    assert_eq!(world.json(&operator, "POST", "/v1/tenants", &new).expect(409).code(), "TENANT_EXISTS");
    let other = json!({ "id": "press-2", "name": "x", "baseUrl": "https://press-1.example" });
    assert_eq!(world.json(&operator, "POST", "/v1/tenants", &other).expect(409).code(), "TENANT_HOST_TAKEN");
    assert_eq!(world.control("SELECT count(*) FROM tenants WHERE id = 'press-2'"), ["0"]);
    for (bad, code) in [
        (json!({ "id": "Press", "name": "x", "baseUrl": "https://x.example" }), "TENANT_ID_INVALID"),
        (json!({ "id": "a\"; DROP", "name": "x", "baseUrl": "https://x.example" }), "TENANT_ID_INVALID"),
        (json!({ "id": "p", "name": " ", "baseUrl": "https://x.example" }), "TENANT_NAME_INVALID"),
        (json!({ "id": "p", "name": "x", "baseUrl": "https://x.example/y" }), "TENANT_BASE_URL_INVALID"),
        (json!({ "id": "p", "name": "x", "baseUrl": "https://x.example", "hosts": ["a:1"] }), "TENANT_HOST_INVALID"),
    ] {
        assert_eq!(world.json(&operator, "POST", "/v1/tenants", &bad).expect(422).code(), code);
    }
    let owner = Who::stranger("press-1", [192, 0, 2, 1].into()).user("x", "owner");
    assert_eq!(world.json(&owner, "POST", "/v1/tenants", &new).expect(403).code(), "AUTH_OPERATOR_REQUIRED");
}

#[test]
fn a_creation_that_broke_off_is_gone_on_with() {
    let world = World::new(&[]);
    world.tenant("halfway");
    world.control("UPDATE tenants SET ready_at = NULL WHERE id = 'halfway'");
    world.sql("halfway", "DELETE FROM records");
    assert_eq!(world.get(&Who::edge("eu"), "/_aw/values?key=h/halfway.localhost").status, 404);
    world.sql("halfway", "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    let kid = world.control("SELECT kid FROM token_keys WHERE tenant = 'halfway'");
    world.tenant("halfway");
    assert_eq!(world.control("SELECT kid FROM token_keys WHERE tenant = 'halfway'"), kid);
    assert!(host(&world, "halfway.localhost").is_some() && record(&world, "s/halfway/newest").is_some());
    // And two at once are one.
    let body = json!({ "id": "both", "name": "x", "baseUrl": "https://both.example" });
    let one = || world.json(&Who::operator(""), "POST", "/v1/tenants", &body).status;
    let statuses = std::thread::scope(|scope| [scope.spawn(one), scope.spawn(one)].map(|t| t.join().unwrap()));
    assert!(statuses.contains(&201) && statuses.iter().all(|s| matches!(s, 201 | 409)), "{statuses:?}");
}

#[test]
fn a_new_key_signs_and_the_old_one_verifies_for_a_while() {
    let world = World::new(&[]);
    let tenant = world.tenant("keys");
    let operator = Who::operator("");
    let (_, before) = host(&world, "keys.localhost").unwrap();
    let rotated = world.json(&operator, "POST", "/v1/tenants/keys/keys", &json!({})).expect(201).data();
    let (version, after) = host(&world, "keys.localhost").unwrap();
    let kids = |t: &Tenant| t.keys.iter().map(|k| k.kid.clone()).collect::<Vec<_>>();
    assert_eq!(kids(&after)[1..], kids(&before)[..]);
    assert_eq!(after.keys[1], before.keys[0], "sealed as it was");
    assert_eq!(json!(kids(&after)), rotated["kids"]);
    world.push();
    assert_eq!(host(&world, "keys.localhost").unwrap().0, version, "it is not over yet");
    world.control(
        "UPDATE token_keys SET created_at = now() - interval '2 hours', retires_at = now() - interval '1 hour' \
                   WHERE tenant = 'keys' AND retires_at IS NOT NULL",
    );
    world.push();
    let (newer, last) = host(&world, "keys.localhost").unwrap();
    assert!(newer > version);
    assert_eq!(kids(&last), kids(&after)[..1]);
    assert_eq!(world.control(&format!("SELECT count(*) FROM token_keys WHERE tenant = '{tenant}'")), ["1"]);
}

#[test]
fn a_host_moves_to_another_tenant_and_its_version_grows() {
    let world = World::new(&[]);
    let operator = Who::operator("");
    for id in ["from", "to"] {
        world.tenant(id);
    }
    let patch = |id: &str, body| world.json(&operator, "PATCH", &format!("/v1/tenants/{id}"), &body);
    let _ = patch("from", json!({ "hosts": ["moving.example"] })).expect(200);
    let (first, there) = host(&world, "moving.example").unwrap();
    assert_eq!(there.id, "from");
    let _ = patch("to", json!({ "hosts": ["moving.example"] })).expect(409);
    let _ = patch("from", json!({ "hosts": [] })).expect(200);
    let tombstone = world.sql("from", "SELECT version FROM records WHERE key = 'h/moving.example' AND json IS NULL");
    assert!(tombstone[0].parse::<u64>().unwrap() > first);
    let _ = patch("to", json!({ "hosts": ["moving.example"], "suspended": true })).expect(200);
    let (second, moved) = host(&world, "moving.example").unwrap();
    assert_eq!((moved.id.as_str(), moved.suspended), ("to", true));
    assert!(second > tombstone[0].parse().unwrap());
    let shown = world.get(&operator, "/v1/tenants/to").expect(200).data();
    assert_eq!((text(&shown, "id"), &shown["hosts"]), ("to", &json!(["moving.example", "to.localhost"])));
    assert_eq!(patch("nobody", json!({})).expect(404).code(), "TENANT_NOT_FOUND");
}
