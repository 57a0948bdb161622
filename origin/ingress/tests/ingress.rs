//! The door: who comes in, and what everyone else is told.

mod support;

use std::time::Duration;

use aw_ingress::{Caller, Ingress, Kind, Need, Ready, Service};
use aw_memory::MemoryBody;
use aw_model::names;
use aw_platform::{
    ApiError, App, Body, Bytes, Platform, Response, Result, Sql, SqlPlatform,
    http::{Method, Request, request::Builder},
};
use aw_trust::{
    Key, digest,
    key::{self, OPERATOR, REQUEST},
    message::{self, Signer},
};
use futures_util::stream;
use serde_json::Value as Json;
use support::World;

const AUTHORITY: &str = "127.0.0.1:4000";
const LIMIT: usize = 100;

/// Says who asked for what.
struct Echo;

impl<P: SqlPlatform> Service<P> for Echo {
    const NAMES: &'static [&'static str] = &["echo"];

    async fn build(_: &P) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, _: &P, caller: &Caller, request: Request<Bytes>) -> Result<Response<P>, ApiError> {
        match request.uri().path() {
            "/v1/mine" => drop(caller.require_user()?),
            "/v1/staff" => drop(caller.require_role(&["owner", "editor"])?),
            "/v1/here" => drop(caller.require_tenant()?),
            "/v1/push" => caller.require_operator()?,
            "/v1/broken" => return Err(aw_platform::Error::internal("the password is hunter2").into()),
            _ => {}
        }
        let body = String::from_utf8_lossy(request.body()).into_owned();
        Ok(Response::<P>::new(Body::from(format!("{caller:?} {body}"))))
    }

    fn max_body(method: &Method, _: &str) -> usize {
        if *method == Method::GET { 0 } else { LIMIT }
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        let ask = async || platform.sql(names::CONTROL_DB).await?.query("SELECT 1::bigint", &[]).await.map(drop);
        ready.look(Need::Database, ask).await;
    }
}

fn world() -> (World, Ingress<Echo>) {
    limited("600")
}

fn limited(requests_per_minute: &str) -> (World, Ingress<Echo>) {
    let world = World::new();
    world.memory.set_config(names::REQUESTS_PER_MINUTE, requests_per_minute);
    world.memory.set_secret(names::EDGE_KEY, [7; 32]);
    world.memory.set_secret(names::MASTER_KEY, [8; 32]);
    world.memory.set_config(names::ORIGIN_AUTHORITY, AUTHORITY);
    let app = world.memory.block_on(Ingress::<Echo>::build(&world)).unwrap();
    (world, app)
}

fn key() -> Key {
    key::derive(&[7; 32], REQUEST).unwrap()
}

fn operator_key() -> Key {
    key::derive(&[8; 32], OPERATOR).unwrap()
}

fn signed_with(
    world: &World,
    key_id: &str,
    key: &Key,
    request: Builder,
    body: &'static str,
) -> Request<Body<MemoryBody>> {
    let (mut head, ()) = request.body(()).unwrap().into_parts();
    message::sign_now(world, &mut head, AUTHORITY, (key_id, key), body.as_bytes()).unwrap();
    Request::from_parts(head, Body::from(body))
}

fn signed_by(world: &World, key_id: &str, request: Builder, body: &'static str) -> Request<Body<MemoryBody>> {
    signed_with(world, key_id, &key(), request, body)
}

fn signed(world: &World, request: Builder, body: &'static str) -> Request<Body<MemoryBody>> {
    signed_by(world, "west", request, body)
}

struct Answer {
    status: u16,
    code: String,
    text: String,
    id: String,
}

fn ask(world: &World, app: &Ingress<Echo>, request: Request<Body<MemoryBody>>) -> Answer {
    world.memory.block_on(async {
        let response = app.handle(world, request).await;
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let text = String::from_utf8(response.into_body().bytes(10_000).await.unwrap().to_vec()).unwrap();
        let json: Json = serde_json::from_str(&text).unwrap_or_default();
        let code = json["error"]["code"].as_str().unwrap_or_default().to_owned();
        if status >= 400 {
            assert_eq!(json["error"]["requestId"], id, "the envelope's id is the header's");
        }
        Answer { status, code, text, id }
    })
}

#[track_caller]
fn refused(world: &World, app: &Ingress<Echo>, request: Request<Body<MemoryBody>>, status: u16, code: &str) {
    let answer = ask(world, app, request);
    assert_eq!((answer.status, answer.code.as_str()), (status, code), "{}", answer.text);
}

#[test]
fn health_and_readiness_are_for_everyone() {
    let (world, app) = world();
    let get = |path: &str| Request::get(path).body(Body::Empty).unwrap();
    let alive = ask(&world, &app, get("/health"));
    assert_eq!(alive.status, 200);
    assert!(alive.text.starts_with(r#"{"data":{"status":"alive"}"#), "{}", alive.text);
    for path in ["/ready", "/ready/echo"] {
        let ready = ask(&world, &app, get(path)).text;
        assert!(ready.starts_with(r#"{"data":{"status":"ready","there":["database"]}"#), "{ready}");
    }
    *world.database.down.borrow_mut() = true;
    assert_eq!(ask(&world, &app, get("/health/echo")).status, 200);
    let down = ask(&world, &app, get("/ready"));
    assert_eq!((down.status, down.code.as_str()), (503, "SERVICE_UNAVAILABLE"));
    assert!(down.text.contains(r#""details":{"missing":["database"]}"#), "{}", down.text);
    assert!(!down.text.contains("/secret/path"), "{}", down.text);
}

#[test]
fn a_signed_request_comes_in_once() {
    let (world, app) = world();
    let request = Request::post("/v1/books?kind=epub").header("x-aw-tenant", "press").header("x-aw-user", "u1");
    let request = request.header("x-aw-roles", "author, editor,").header("x-aw-client-ip", "2001:db8::1");
    let request = signed(&world, request.header("x-aw-host", "press.example").header("x-request-id", "r-1"), "{}");
    let (head, _) = request.into_parts();
    let again = || Request::from_parts(head.clone(), Body::Bytes(Bytes::from_static(b"{}")));
    let answer = ask(&world, &app, again());
    let expected = Caller {
        kind: Kind::Edge("west".into()),
        tenant: Some("press".into()),
        host: Some("press.example".into()),
        user: Some("u1".into()),
        roles: vec!["author".into(), "editor".into()],
        session: None,
        client_ip: Some("2001:db8::1".parse().unwrap()),
        request_id: "r-1".into(),
    };
    assert_eq!((answer.status, answer.text, answer.id.as_str()), (200, format!("{expected:?} {{}}"), "r-1"));
    refused(&world, &app, again(), 401, "ORIGIN_SIGNATURE_REPLAYED");
    world.memory.advance(Duration::from_secs(61));
    refused(&world, &app, again(), 401, "ORIGIN_SIGNATURE_EXPIRED");
}

#[test]
fn nobody_else_comes_in() {
    let (world, app) = world();
    let unsigned = Request::get("/v1/books").header("x-aw-user", "u1").body(Body::Empty).unwrap();
    refused(&world, &app, unsigned, 401, "ORIGIN_SIGNATURE_MISSING");
    // Only GET of those paths needs no signature.
    for request in [Request::post("/health"), Request::get("/health/"), Request::get("/ready/x")] {
        refused(&world, &app, request.body(Body::Empty).unwrap(), 401, "ORIGIN_SIGNATURE_MISSING");
    }
    let mut forged = signed(&world, Request::get("/v1/books"), "");
    forged.headers_mut().insert("x-aw-roles", "owner".parse().unwrap());
    refused(&world, &app, forged, 401, "ORIGIN_SIGNATURE_UNCOVERED");
    let mut altered = signed(&world, Request::get("/v1/books"), "");
    *altered.uri_mut() = "/v1/users".parse().unwrap();
    refused(&world, &app, altered, 401, "ORIGIN_SIGNATURE_MISMATCH");
    let request = signed(&world, Request::post("/v1/books"), "{\"a\":1}").map(|_| Body::from("{\"a\":2}"));
    refused(&world, &app, request, 401, "ORIGIN_SIGNATURE_DIGEST");
    for key_id in ["origin", "we st", "West", "-"] {
        let request = signed_by(&world, key_id, Request::get("/v1/books"), "");
        refused(&world, &app, request, 401, "ORIGIN_SIGNATURE_KEY_UNKNOWN");
    }
    let twice = Request::get("/v1/books").header("x-aw-user", "u1").header("x-aw-user", "u2");
    refused(&world, &app, signed(&world, twice, ""), 401, "ORIGIN_SIGNATURE_MALFORMED");
    let address = Request::get("/v1/books").header("x-aw-client-ip", "localhost");
    refused(&world, &app, signed(&world, address, ""), 401, "ORIGIN_SIGNATURE_MALFORMED");

    let (mut head, ()) = Request::get("/v1/books").body(()).unwrap().into_parts();
    let key = key();
    let signer = Signer { key: &key, key_id: "west", created_s: world.now() / 1000 + 11, nonce: "n" };
    message::sign(&mut head, AUTHORITY, &signer, &digest::content_digest(b"")).unwrap();
    refused(&world, &app, Request::from_parts(head.clone(), Body::Empty), 401, "ORIGIN_SIGNATURE_FUTURE");
    message::sign(&mut head, "127.0.0.1:4001", &Signer { created_s: world.now() / 1000, ..signer }, "sha-256=::")
        .unwrap();
    refused(&world, &app, Request::from_parts(head, Body::Empty), 401, "ORIGIN_SIGNATURE_MISMATCH");
    assert!(world.database.nonces.borrow().is_empty(), "what is refused takes no nonce");
}

#[test]
fn a_body_is_read_to_the_route_s_limit() {
    let (world, app) = world();
    const FULL: &str = match std::str::from_utf8(&[b'x'; LIMIT]) {
        Ok(text) => text,
        Err(_) => unreachable!(),
    };
    assert_eq!(ask(&world, &app, signed(&world, Request::post("/v1/books"), FULL)).status, 200);
    let chunks = |text: &'static str| Body::Native(MemoryBody::chunked([FULL, text].map(Bytes::from)));
    let request = signed(&world, Request::post("/v1/books"), FULL).map(|_| chunks(""));
    assert_eq!(ask(&world, &app, request).status, 200);
    let request = signed(&world, Request::post("/v1/books"), FULL).map(|_| chunks("y"));
    refused(&world, &app, request, 413, "REQUEST_BODY_TOO_LARGE");
    let request = Request::get("/v1/books").header("content-length", "1");
    refused(&world, &app, signed(&world, request, "x"), 413, "REQUEST_BODY_TOO_LARGE");
    let broken = Body::stream(stream::iter([Ok(Bytes::from("x")), Err(aw_platform::Error::upstream("reset"))]));
    let request = signed(&world, Request::post("/v1/books"), "x").map(|_| broken);
    refused(&world, &app, request, 400, "REQUEST_BODY_BROKEN");
    let long = format!("/v1/books?q={}", "x".repeat(9000));
    refused(&world, &app, Request::get(long).body(Body::Empty).unwrap(), 414, "REQUEST_URL_TOO_LONG");
}

#[test]
fn callers_are_held_to_what_they_are() {
    let (world, app) = world();
    let get = |path: &str| Request::get(path);
    let editor = |path: &str| get(path).header("x-aw-user", "u1").header("x-aw-roles", "editor");
    let cases = [
        (signed(&world, get("/v1/mine"), ""), 401, "AUTH_SESSION_REQUIRED"),
        (signed(&world, get("/v1/mine").header("x-aw-user", ""), ""), 401, "AUTH_SESSION_REQUIRED"),
        (signed(&world, editor("/v1/mine"), ""), 200, ""),
        (signed(&world, get("/v1/staff"), ""), 401, "AUTH_SESSION_REQUIRED"),
        (signed(&world, get("/v1/staff").header("x-aw-user", "u1"), ""), 403, "AUTH_ROLE_REQUIRED"),
        (signed(&world, get("/v1/staff").header("x-aw-roles", "owner"), ""), 401, "AUTH_SESSION_REQUIRED"),
        (signed(&world, editor("/v1/staff"), ""), 200, ""),
        (signed(&world, get("/v1/here"), ""), 400, "ORIGIN_TENANT_REQUIRED"),
        (signed(&world, get("/v1/here").header("x-aw-tenant", "a/../b"), ""), 400, "ORIGIN_TENANT_REQUIRED"),
        (signed(&world, get("/v1/here").header("x-aw-tenant", "press"), ""), 200, ""),
        (signed(&world, get("/v1/push"), ""), 403, "AUTH_OPERATOR_REQUIRED"),
        (signed_with(&world, "operator", &operator_key(), get("/v1/push"), ""), 200, ""),
        (signed_by(&world, "operator", get("/v1/push"), ""), 401, "ORIGIN_SIGNATURE_MISMATCH"),
        (signed_with(&world, "west", &operator_key(), get("/v1/mine"), ""), 401, "ORIGIN_SIGNATURE_MISMATCH"),
    ];
    for (request, status, code) in cases {
        let path = request.uri().to_string();
        let answer = ask(&world, &app, request);
        assert_eq!((answer.status, answer.code.as_str()), (status, code), "{path}");
    }
}

#[test]
fn every_request_leaves_one_record_without_secrets() {
    let (world, app) = world();
    let request = Request::post("/v1/auth/refresh?token=querysecret").header("x-aw-user", "u1");
    let request = request.header("x-aw-tenant", "press").header("x-request-id", "r-9");
    let request = request.header("cookie", "aw_refresh=cookiesecret");
    let request = signed(&world, request, "{\"password\":\"opensesame\"}");
    let signature = request.headers()["signature"].to_str().unwrap().to_owned();
    assert_eq!(ask(&world, &app, request).status, 200);
    let records = world.memory.take_records();
    assert_eq!(records.len(), 1);
    let record: Json = serde_json::from_str(&records[0]).unwrap();
    assert_eq!(record["requestId"], "r-9");
    assert_eq!(record["method"], "POST");
    assert_eq!(record["path"], "/v1/auth/refresh");
    assert_eq!(record["status"], 200);
    assert_eq!(
        (&record["tenant"], &record["user"], &record["signer"]),
        (&"press".into(), &"u1".into(), &"west".into())
    );
    assert!(record["ms"].is_u64());
    for secret in ["opensesame", "cookiesecret", "querysecret", &signature] {
        assert!(!records[0].contains(secret), "{secret} in {}", records[0]);
    }

    let broken = ask(&world, &app, signed(&world, Request::get("/v1/broken"), ""));
    assert_eq!(broken.code, "SERVICE_INTERNAL_ERROR");
    assert!(!broken.text.contains("hunter2"), "{}", broken.text);
    let record: Json = serde_json::from_str(&world.memory.take_records()[0]).unwrap();
    assert_eq!((&record["status"], &record["code"]), (&500.into(), &"SERVICE_INTERNAL_ERROR".into()));
    assert_eq!(record["detail"], "internal: the password is hunter2", "what went wrong inside is in the record");

    *world.database.down.borrow_mut() = true;
    refused(&world, &app, signed(&world, Request::get("/"), ""), 503, "SERVICE_UNAVAILABLE");
    let record: Json = serde_json::from_str(&world.memory.take_records()[0]).unwrap();
    assert_eq!(record["detail"], "upstream: no server at /secret/path");
}

#[test]
fn old_nonces_are_forgotten() {
    let (world, app) = world();
    let ask_many = |n: usize| (0..n).for_each(|_| drop(ask(&world, &app, signed(&world, Request::get("/v1"), ""))));
    ask_many(50);
    assert_eq!(world.database.nonces.borrow().len(), 50);
    world.memory.advance(Duration::from_secs(100));
    // The die is a 256-sided one; 3,000 throws of this seed show the side.
    ask_many(3_000);
    let old = (world.now() / 1000 - 1) as i64;
    assert!(world.database.nonces.borrow().values().all(|expires| *expires > old));
}

#[test]
fn a_missing_secret_or_setting_stops_the_start_by_name() {
    let world = World::new();
    let start = || world.memory.block_on(Ingress::<Echo>::build(&world)).err().unwrap().to_string();
    assert!(start().contains(names::EDGE_KEY));
    world.memory.set_secret(names::EDGE_KEY, "short");
    assert!(start().contains("openssl rand"));
    world.memory.set_secret(names::EDGE_KEY, [7; 32]);
    assert!(start().contains(names::MASTER_KEY));
    world.memory.set_secret(names::MASTER_KEY, [8; 32]);
    assert!(start().contains(names::ORIGIN_AUTHORITY));
}

#[test]
fn who_asks_too_often_is_told_when_to_ask_again() {
    let (world, app) = limited("3");
    let ask_as = |user: &'static str| {
        let request = Request::get("/v1/here").header("x-aw-tenant", "press").header("x-aw-user", user);
        let response = world.memory.block_on(app.handle(&world, signed(&world, request, "")));
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        (response.status().as_u16(), header("x-ratelimit-remaining"), header("retry-after"))
    };
    let left = |n: &str| Some(n.to_owned());
    for n in ["2", "1", "0"] {
        assert_eq!(ask_as("u1"), (200, left(n), None));
    }
    let (status, remaining, again) = ask_as("u1");
    assert_eq!((status, remaining), (429, left("0")));
    let again: u64 = again.unwrap().parse().unwrap();
    assert!((1..=60).contains(&again));
    assert_eq!(ask_as("u2").0, 200, "another one is not in their way");
    world.memory.advance(Duration::from_secs(again));
    assert_eq!(ask_as("u1"), (200, left("2"), None));
    // The tenant's quota is everybody's.
    *world.database.quota.borrow_mut() = Some(2);
    world.memory.advance(Duration::from_secs(60));
    assert_eq!([ask_as("u1").0, ask_as("u2").0, ask_as("u3").0], [200, 200, 429]);
    // Neither the tiers among themselves nor the operator are counted.
    for path in ["/_aw/values", "/_aw/push"] {
        let request = Request::get(path).header("x-aw-tenant", "press").header("x-aw-client-ip", "192.0.2.1");
        assert_eq!(ask(&world, &app, signed(&world, request, "")).status, 200);
    }
}

#[test]
fn a_limit_is_a_number() {
    let world = World::new();
    world.memory.set_secret(names::EDGE_KEY, [7; 32]);
    world.memory.set_secret(names::MASTER_KEY, [8; 32]);
    world.memory.set_config(names::ORIGIN_AUTHORITY, AUTHORITY);
    for wrong in ["0", "many", "-1"] {
        world.memory.set_config(names::REQUESTS_PER_MINUTE, wrong);
        assert!(world.memory.block_on(Ingress::<Echo>::build(&world)).is_err(), "{wrong}");
    }
}
