//! Accounts and sessions against a real database, as edges ask for them.

mod credentials;
mod follows;
mod leaving;
mod mail;
mod pages;
mod profile;
mod refresh;
mod reset;
mod session;
mod sessions;
mod throttle;
mod users;
mod verification;

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

/// The account's own requests, as an edge forwards them.
fn me(tenant: &str, tokens: &Value) -> Who {
    let user = &tokens["user"];
    let roles: Vec<_> = user["roles"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    stranger(tenant).user(text(user, "id"), &roles.join(",")).with("x-aw-session", &session_of(tokens))
}

/// The session that an access token names.
fn session_of(tokens: &Value) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let claims = text(tokens, "accessToken").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    text(&claims, "sid").to_owned()
}

/// Does what is due, as the operator's tick does.
fn work(world: &World) -> Value {
    world.ask(&Who::operator(""), "POST", "/_aw/work/user", &[], b"").expect(200).data()
}

/// The tenant's mails, newest first, whole, once what is due has been done.
fn mails(world: &World, tenant: &str) -> Vec<Value> {
    let operator = Who::operator(tenant);
    // Another's work, or the service's own after its answer, may have a request in hand: it is there until that is done.
    for _ in 0..500 {
        work(world);
        if world.sql(tenant, "SELECT count(*) FROM reset_requests") == ["0"] {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let list = world.get(&operator, "/v1/mails").expect(200).data();
    let ids = list.as_array().unwrap().iter().map(|mail| text(mail, "id").to_owned());
    ids.map(|id| world.get(&operator, &format!("/v1/mails/{id}")).expect(200).data()).collect()
}

/// What the link in the newest mail of this kind carries.
fn token(world: &World, tenant: &str, template: &str) -> String {
    let mails = mails(world, tenant);
    let mail = mails.iter().find(|mail| mail["template"] == template).unwrap_or_else(|| panic!("no {template}"));
    let text = text(mail, "text");
    let at = text.find("?token=").expect("a link") + "?token=".len();
    text[at..].split_whitespace().next().expect("a token").to_owned()
}

/// Registers somebody whose address is proved.
fn verified(world: &World, tenant: &str, email: &str) -> Value {
    let tokens = register(world, tenant, email);
    world.sql(tenant, &format!("UPDATE users SET email_verified_at = now() WHERE email = '{email}'"));
    tokens
}

/// Changes what has an ETag, whatever its version.
fn patch(world: &World, who: &Who, target: &str, body: &Value) -> Answer {
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    world.ask(who, "PATCH", target, &fields, body.to_string().as_bytes())
}
