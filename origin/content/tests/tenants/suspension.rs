//! A tenant that is suspended, and one that is again.

use aw_origin_harness::{GatewayEdge, Who, World};
use serde_json::json;

use super::publish;

#[test]
fn an_edge_answers_403_while_a_tenant_is_suspended() {
    let mut edge = GatewayEdge::new("one");
    let world = World::of_gateways(&[&edge]);
    edge.up(&world);
    for tenant in ["halted", "other"] {
        world.tenant(tenant);
        publish(&world, tenant, "Book");
    }
    world.settle();
    let set = |suspended: bool| {
        let body = json!({ "suspended": suspended });
        let data = world.json(&Who::operator(""), "PATCH", "/v1/tenants/halted", &body).expect(200).data();
        assert_eq!(data["suspended"], suspended);
        world.settle();
    };
    let _ = edge.get("halted.localhost", "/books/book/1", &[]).expect(200);
    set(true);
    let refused = edge.get("halted.localhost", "/v1/books", &[]).expect(403);
    assert_eq!((refused.code().as_str(), refused.json()["error"]["requestId"].is_string()), ("TENANT_SUSPENDED", true));
    for path in ["/", "/books/book", "/books/book/1", "/login", "/v1/auth/session"] {
        let _ = edge.get("halted.localhost", path, &[]).expect(403);
    }
    let _ = edge.get("other.localhost", "/books/book/1", &[]).expect(200);
    set(false);
    let _ = edge.get("halted.localhost", "/books/book/1", &[]).expect(200);
}
