//! Plans, payments and entitlements against a real database, as edges and the operator ask for them.

mod catalogue;
mod credits;
mod described;
mod disputes;
mod given;
mod journey;
mod leaving;
mod order;
mod pages;
mod payouts;
mod sales;
mod till;
mod webhooks;

use std::net::Ipv4Addr;

use aw_origin_harness::{Answer, Who, World};
use serde_json::{Value, json};

/// Asks for something to be made.
fn make(world: &World, tenant: &str, target: &str, body: &Value) -> Value {
    world.json(&Who::operator(tenant), "POST", target, body).expect(201).data()
}

/// Changes with `If-Match`.
fn change(world: &World, tenant: &str, (method, target): (&str, &str), etag: &str, body: &Value) -> Answer {
    let fields = [("content-type", "application/json"), ("if-match", etag)];
    world.ask(&Who::operator(tenant), method, target, &fields, body.to_string().as_bytes())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// A tier and a monthly plan of it; gives the plan.
fn gold(world: &World, tenant: &str) -> Value {
    let tier = json!({ "name": "Gold" });
    let _ = world.json(&Who::operator(tenant), "PUT", "/v1/tiers/gold", &tier).expect(201);
    let plan = json!({ "name": "Gold", "grants": "tier:gold", "interval": "month", "amount": 500, "currency": "EUR" });
    make(world, tenant, "/v1/plans", &plan)
}

/// A reader with an account.
struct Reader {
    who: Who,
    id: String,
    refresh: String,
}

impl Reader {
    /// Registers.
    fn new(world: &World, tenant: &str, name: &str) -> Self {
        let who = Who::stranger(tenant, Ipv4Addr::LOCALHOST.into());
        let body = json!({ "email": format!("{name}@example.org"), "password": "correct horse battery" });
        let data = world.json(&who, "POST", "/v1/auth/register", &body).expect(201).data();
        let id = text(&data["user"], "id").to_owned();
        let refresh = text(&data, "refreshToken").to_owned();
        Self { who: who.user(&id, "reader"), id, refresh }
    }

    /// The entitlements of the token that a refresh gives.
    fn entitlements(&mut self, world: &World) -> Vec<String> {
        let body = json!({ "refreshToken": self.refresh });
        let data = world.json(&self.who, "POST", "/v1/auth/refresh", &body).expect(200).data();
        self.refresh = text(&data, "refreshToken").to_owned();
        claims(text(&data, "accessToken"))["ent"].as_array().expect("a list").iter().map(own).collect()
    }
}

fn own(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What a token claims: its middle part is JSON in base64url.
fn claims(token: &str) -> Value {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let middle = token.split('.').nth(1).expect("three parts");
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in middle.bytes() {
        let value = DIGITS.iter().position(|d| *d == digit).expect("base64url");
        bits = bits << 6 | u32::try_from(value).expect("a digit");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).expect("a byte"));
        }
    }
    serde_json::from_slice(&bytes).expect("JSON")
}
