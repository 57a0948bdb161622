//! Jobs against a real database and object store, as those who ask and workers see them.

mod asked;
mod described;
mod worked;

use std::net::IpAddr;

use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

/// Somebody of the tenant.
fn somebody(tenant: &str, id: &str, role: &str) -> Who {
    Who::stranger(tenant, IpAddr::from([192, 0, 2, 1])).user(id, role)
}

/// An author of the tenant.
fn author(tenant: &str, id: &str) -> Who {
    somebody(tenant, id, "author")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// A book with a chapter of the operator's; its id.
fn book(world: &World, tenant: &str) -> String {
    let operator = Who::operator(tenant);
    let made = world.json(&operator, "POST", "/v1/books", &json!({ "title": "The Whale" })).expect(201).data();
    let id = text(&made["book"], "id").to_owned();
    let chapter = json!({ "title": "Loomings", "html": "<p>Call me Ishmael.</p>" });
    let _ = world.json(&operator, "POST", &format!("/v1/books/{id}/chapters"), &chapter).expect(201);
    id
}

/// Asks for a book's PDF.
fn ask(world: &World, who: &Who, book: &str) -> Value {
    world.json(who, "POST", &format!("/v1/books/{book}/exports/pdf"), &json!({ "trim": "5x8" })).expect(202).data()
}

/// What a worker is given, of an origin that has one tenant.
fn lease(world: &World, tenant: &str, seconds: u32) -> Value {
    let body = json!({ "worker": "w1", "kind": "pdf", "leaseSeconds": seconds });
    let job = world.json(&Who::operator(""), "POST", "/_aw/work/jobs", &body).expect(200).data()["job"].take();
    if !job.is_null() {
        assert_eq!(text(&job, "tenant"), tenant);
    }
    job
}

/// A worker's word on a job of the tenant.
fn word(world: &World, tenant: &str, job: &Value, what: &str, mut more: Value) -> aw_origin_harness::Answer {
    more["lease"] = job["lease"].clone();
    world.json(&Who::operator(tenant), "POST", &format!("/_aw/work/jobs/{}/{what}", text(job, "id")), &more)
}
