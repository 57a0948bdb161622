//! What happened, paged through and told to programs elsewhere, against a real database.

mod endpoints;
mod feed;
mod hooks;
mod program;

use std::net::IpAddr;

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

/// An origin whose database others have, too.
fn world() -> World {
    World::new(&[])
}

/// An origin that nobody else has: its worker serves every tenant there is.
fn own_world() -> World {
    World::of_gateways(&[])
}

fn keeper(tenant: &str) -> Who {
    Who::stranger(tenant, IpAddr::from([192, 0, 2, 1])).user("018f0000-0000-7000-8000-000000000001", "owner")
}

/// Makes something happen: a tier is put, and put again.
fn happen(world: &World, tenant: &str, slug: &str) {
    let body = json!({ "name": slug }).to_string();
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let answer = world.ask(&keeper(tenant), "PUT", &format!("/v1/tiers/{slug}"), &fields, body.as_bytes());
    assert!(matches!(answer.status, 200 | 201), "{}", String::from_utf8_lossy(&answer.body));
}

/// Everything in the feed behind a cursor.
fn feed(world: &World, tenant: &str, after: Option<&str>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = after.map(str::to_owned);
    loop {
        let query = cursor.as_deref().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let answer = world.get(&keeper(tenant), &format!("/v1/events?limit=7{query}")).expect(200);
        all.extend(answer.data().as_array().unwrap().iter().cloned());
        match answer.json()["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return all,
        }
    }
}

fn place(event: &Value) -> u64 {
    event["cursor"].as_str().unwrap().parse().unwrap()
}

/// Does what is due, as the operator's tick does.
fn work(world: &World) -> Value {
    world.ask(&Who::operator(""), "POST", "/_aw/work/events", &[], b"").expect(200).data()
}

fn create(world: &World, tenant: &str, url: &str, events: &[&str]) -> Answer {
    world.json(&keeper(tenant), "POST", "/v1/webhook-endpoints", &json!({ "url": url, "events": events }))
}

fn endpoint(world: &World, tenant: &str, id: &str) -> Value {
    world.get(&keeper(tenant), &format!("/v1/webhook-endpoints/{id}")).expect(200).data()
}
