//! Accounts and sessions against a real database, as edges ask for them.

mod refresh;
mod session;
mod throttle;
mod users;

use std::net::IpAddr;

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

fn stranger(tenant: &str) -> Who {
    Who::stranger(tenant, IpAddr::from([192, 0, 2, 1]))
}

fn register(world: &World, tenant: &str, email: &str) -> Value {
    let body = json!({ "email": email, "password": PASSWORD, "displayName": "Ada" });
    world.json(&stranger(tenant), "POST", "/v1/auth/register", &body).expect(201).data()
}

fn login(world: &World, who: &Who, email: &str, password: &str) -> Answer {
    world.json(who, "POST", "/v1/auth/login", &json!({ "email": email, "password": password }))
}

fn refresh(world: &World, tenant: &str, token: &str) -> Answer {
    world.json(&stranger(tenant), "POST", "/v1/auth/refresh", &json!({ "refreshToken": token }))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// What edges are told of a tenant's host.
fn host(world: &World, tenant: &str) -> Value {
    let answer = world.get(&Who::edge("eu"), &format!("/_aw/values?key=h/{tenant}.localhost")).expect(200);
    let body = String::from_utf8(answer.body).unwrap();
    serde_json::from_str(body.split_once('\n').unwrap().1).unwrap()
}
