//! Headers of every answer, and its record.

use aw_platform::Body;

use crate::world::{World, get, request};

#[test]
fn every_answer_names_its_request() {
    let world = World::published();
    for path in
        ["/", "/books/whale/1", "/books/whale/3", "/v1/books", "/nowhere", "/health", "/_aw/values", "/..", "/v1/other"]
    {
        assert_eq!(world.get_with(path, &[("x-request-id", "my.req-1")]).header("x-request-id"), "my.req-1", "{path}");
        let made = world.get(path);
        assert_eq!(made.header("x-request-id").len(), 36, "{path}");
    }
    let odd = world.get_with("/", &[("x-request-id", "a b<script>")]);
    assert_eq!(odd.header("x-request-id").len(), 36, "what is no id is replaced");
}

#[test]
fn pages_are_guarded() {
    let world = World::published();
    for path in ["/", "/books/whale/1", "/books/whale/2", "/register", "/login", "/nowhere"] {
        let page = world.get(path);
        let csp = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(csp.contains(part), "{path}: {part}");
        }
        assert!(!csp.contains("unsafe"), "{path}");
        let ours = csp.contains("script-src 'self';");
        assert_eq!((csp.contains("script-src"), ours), (path == "/login", path == "/login"), "{path}: no script");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
    assert_eq!(world.get("/v1/books").header("x-content-type-options"), "nosniff");
    assert!(!world.get("/").has("strict-transport-security"), "not in clear text");
    let tls = world.p.from_client("10.0.0.1".parse().unwrap(), None, Some("TLSv1.3"));
    let page = world.p.block_on(world.ask(&tls, get("/").body(Body::Empty).unwrap()));
    assert!(page.header("strict-transport-security").starts_with("max-age="));
}

#[test]
fn health_asks_nobody() {
    let world = World::empty();
    world.origin.up.set(false);
    let reply = world.get("/health");
    assert_eq!((reply.status, &reply.json()["data"]), (200, &serde_json::json!({ "status": "alive" })));
    let nowhere = aw_platform::http::Request::get("/health").body(Body::Empty).unwrap();
    assert_eq!(world.send(nowhere).status, 200, "whatever the host");
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn every_request_leaves_one_record_without_what_is_the_readers_own() {
    let world = World::published();
    let token = world.press.token(&["tier:gold"]);
    world.get_with(
        "/books/whale/3?email=me@example.org",
        &[("cookie", &format!("aw_access={token}")), ("x-request-id", "r-1")],
    );
    let records = world.records();
    assert_eq!(records.len(), 1);
    let record = &records[0];
    for (name, value) in [
        ("event", "request"),
        ("requestId", "r-1"),
        ("edge", "native"),
        ("tenant", "press"),
        ("method", "GET"),
        ("path", "/books/whale/3"),
    ] {
        assert_eq!(record[name], value, "{record}");
    }
    assert_eq!(record["status"], 200);
    assert!(record["ms"].is_u64());
    let line = record.to_string();
    assert!(!line.contains(&token) && !line.contains("example.org") && !line.contains("127.0.0.1"));

    world.get("/v1/books/whale/chapters/3");
    world.send(request("POST", "/v1/books").body(Body::Empty).unwrap());
    world.send(
        aw_platform::http::Request::get("/x\u{22}y")
            .body(Body::Empty)
            .unwrap_or_else(|_| get("/x").body(Body::Empty).unwrap()),
    );
    let codes: Vec<String> =
        world.records().iter().map(|r| r["code"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(codes[..2], ["CONTENT_ACCESS_PAYMENT_REQUIRED", "EDGE_ORIGIN_UNAVAILABLE"]);
    assert_eq!(codes.len(), 3);
}

#[test]
fn what_failed_inside_is_in_the_record_and_not_in_the_answer() {
    let world = World::empty();
    world.origin.up.set(false);
    let reply = world.get("/v1/books");
    assert!(!reply.text().contains("connection refused"));
    let record = world.records().pop().unwrap();
    assert_eq!((&record["level"], &record["status"]), (&"error".into(), &503.into()));
    assert!(record["detail"].as_str().unwrap().contains("connection refused"), "{record}");
}
