//! What a tenant may use.

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

fn register(world: &World, name: &str) -> u16 {
    let body = json!({ "email": format!("{name}@example.org"), "password": "correct horse battery" });
    let host = Who::stranger("small", [192, 0, 2, 9].into());
    world.json(&host, "POST", "/v1/auth/register", &body).status
}

#[test]
fn a_quota_is_kept_to() {
    let world = World::new(&[]);
    world.tenant("small");
    let operator = Who::operator("");
    let path = "/v1/tenants/small/quotas";
    let quotas = world.get(&operator, path).expect(200).data();
    assert_eq!((&quotas["members"], &quotas["requestsPerMinute"]), (&Value::Null, &Value::Null));
    let set = |quotas: Value| world.json(&operator, "PUT", path, &quotas);
    let quotas = set(json!({ "members": 2, "storedBytes": 1000, "requestsPerMinute": 100_000 })).expect(200).data();
    assert_eq!(quotas, json!({ "members": 2, "storedBytes": 1000, "requestsPerMinute": 100_000, "jobs": 20 }));
    // Of many at once no more than two.
    let names = ["a", "b", "c", "d", "e"];
    let done: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = names.iter().map(|name| scope.spawn(|| register(&world, name))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|status| **status == 201).count(), 2, "{done:?}");
    assert_eq!(done.iter().filter(|status| **status == 403).count(), 3, "{done:?}");
    let owner = Who::operator("small");
    let file = |size: u64| {
        let body = json!({ "name": "a.bin", "size": size, "mediaType": "application/octet-stream" });
        world.json(&owner, "POST", "/v1/files", &body).status
    };
    assert_eq!((file(900), file(101)), (201, 413));
    assert_eq!(set(json!({ "requestsPerMinute": 0 })).expect(422).code(), "TENANT_QUOTA_INVALID");
    assert_eq!(set(json!({ "pages": 1 })).status, 400);
    assert_eq!(world.get(&operator, "/v1/tenants/nobody/quotas").status, 404);
    let reader = Who::stranger("small", [192, 0, 2, 9].into()).user("u", "owner");
    assert_eq!(world.get(&reader, path).status, 403, "the operator's alone");
    // Without a limit again, and what may be stored stays.
    let quotas = set(json!({})).expect(200).data();
    assert_eq!(quotas, json!({ "members": null, "storedBytes": 1000, "requestsPerMinute": null, "jobs": 20 }));
    assert_eq!(register(&world, "f"), 201);
}
