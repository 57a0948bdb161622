//! Proofs beyond a password, against a real database, as edges ask for them.

mod oidc;
mod passkeys;
mod totp;

use std::net::IpAddr;

use aw_model::names::header;
use aw_origin_harness::{Answer, Who, World};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

fn stranger(tenant: &str) -> Who {
    Who::stranger(tenant, IpAddr::from([192, 0, 2, 1]))
}

/// Who has just registered, as the edge knows them from their token.
fn member(world: &World, tenant: &str, email: &str) -> (Who, String) {
    let body = json!({ "email": email, "password": PASSWORD });
    let made = world.json(&stranger(tenant), "POST", "/v1/auth/register", &body).expect(201).data();
    (reader(tenant, &made), text(&made["user"], "id").to_owned())
}

/// The reader of an answer to a login.
fn reader(tenant: &str, tokens: &Value) -> Who {
    let payload = text(tokens, "accessToken").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap();
    stranger(tenant).user(text(&claims, "sub"), "reader").with(header::SESSION, text(&claims, "sid"))
}

fn login(world: &World, tenant: &str, email: &str) -> Answer {
    world.json(&stranger(tenant), "POST", "/v1/auth/login", &json!({ "email": email, "password": PASSWORD }))
}

/// The challenge of a login that asks for a second factor.
fn challenge(world: &World, tenant: &str, email: &str) -> String {
    let answer = login(world, tenant, email).expect(200).data();
    assert!(answer.get("accessToken").is_none(), "{answer}");
    text(&answer, "challenge").to_owned()
}

fn prove(world: &World, tenant: &str, body: Value) -> Answer {
    world.json(&stranger(tenant), "POST", "/v1/auth/login/factor", &body)
}

fn post(world: &World, who: &Who, path: &str, body: Value) -> Answer {
    world.json(who, "POST", &format!("/v1/auth/{path}"), &body)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn audit(world: &World, tenant: &str, action: &str) -> usize {
    world.sql(tenant, &format!("SELECT 1 FROM audit WHERE action = '{action}'")).len()
}
