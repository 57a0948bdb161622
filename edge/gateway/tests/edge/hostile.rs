//! Requests that mean no good get the right 4xx, and none a 5xx.

use aw_platform::{Body, http, limits};

use crate::world::{World, get, request, with};

#[test]
fn limits_of_the_url_the_headers_and_the_body() {
    let world = World::published();
    let long = format!("/{}", "a".repeat(limits::URL));
    assert_eq!(world.get(&long).status, 414);
    let big = "a".repeat(limits::HEADERS);
    assert_eq!(world.get_with("/", &[("x-big", &big)]).status, 431);
    let many: Vec<(String, String)> = (0..200).map(|n| (format!("x-{n}"), String::new())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(world.get_with("/", &many).status, 431);
    world.origin.up.set(true);
    let body = vec![0; 8 * 1024 * 1024 + 1];
    let declared = request("POST", "/v1/imports").header("content-length", body.len()).body(Body::Empty).unwrap();
    assert_eq!(world.send(declared).status, 413);
    assert_eq!(world.send(request("POST", "/v1/imports").body(body.into()).unwrap()).status, 413);
    assert_eq!(world.origin.count(), 0);
}

#[test]
fn paths_that_could_mean_two_things() {
    let world = World::published();
    for path in [
        "/books/../books/whale",
        "/books/%2e%2e/whale",
        "/books/./whale",
        "/books//whale",
        "/books/%2fwhale",
        "/books/whale%00",
        "/books/%ff",
        "/books/%",
        "/books/%zz",
        "/books/whale%5c1",
        "/v1/books/%2e%2e%2f%2e%2e%2fetc",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m",
    ] {
        let reply = world.get(path);
        assert_eq!((reply.status, reply.code().as_str()), (400, "REQUEST_PATH_INVALID"), "{path}");
    }
}

#[test]
fn names_that_name_nothing() {
    let world = World::published();
    world.origin.up.set(true);
    for (path, status) in [
        ("/books/whale/0", 404),
        ("/books/whale/5", 404),
        ("/books/whale/99999999999", 400),
        ("/books/whale/-1", 400),
        ("/books/whale/+1", 400),
        ("/books/whale/one", 400),
        ("/books/whale/1/x", 404),
        ("/books/Whale/1", 404),
        ("/books/-whale", 404),
        ("/books/%C3%A9", 404),
        ("/books/whale/assets/..%20", 404),
        ("/tags/None", 404),
        ("/tags/no-such-tag", 404),
        ("/v1/books/00000000-0000-0000-0000-000000000000", 404),
        ("/v1/books/whale/chapters/0", 404),
        ("/v1/books/whale/chapters/x", 400),
        ("/v1/books/WHALE", 404),
        ("/nowhere", 404),
        ("/favicon.ico", 404),
        ("/style-xyz.css", 404),
    ] {
        assert_eq!(world.get(path).status, status, "{path}");
    }
    let asked: Vec<String> = world.origin.seen.borrow().iter().map(|seen| seen.target.clone()).collect();
    assert!(asked.iter().all(|target| target.starts_with("/_aw/values?key=")), "{asked:?}");
}

#[test]
fn queries_that_ask_for_nonsense() {
    let world = World::published();
    for (query, code) in [
        ("limit=0", "REQUEST_LIMIT_INVALID"),
        ("limit=101", "REQUEST_LIMIT_INVALID"),
        ("limit=-1", "REQUEST_LIMIT_INVALID"),
        ("limit=+5", "REQUEST_LIMIT_INVALID"),
        ("limit=ten", "REQUEST_LIMIT_INVALID"),
        ("limit=", "REQUEST_LIMIT_INVALID"),
        ("limit=99999999999999999999", "REQUEST_LIMIT_INVALID"),
        ("cursor=", "REQUEST_CURSOR_INVALID"),
        ("cursor=b", "REQUEST_CURSOR_INVALID"),
        ("cursor=%00", "REQUEST_CURSOR_INVALID"),
        ("cursor=b-1", "REQUEST_CURSOR_INVALID"),
        ("cursor=bffffffffffffffffff", "REQUEST_CURSOR_INVALID"),
        ("tag=a&author=b", "REQUEST_FILTER_INVALID"),
    ] {
        let reply = world.get(&format!("/v1/books?{query}"));
        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{query}");
    }
    assert_eq!(world.get("/?cursor=x").status, 400);
}

#[test]
fn methods_that_a_page_does_not_know() {
    let world = World::published();
    for (method, path, allow) in [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/books/whale/1", "GET, HEAD"),
        ("PUT", "/login", "GET, HEAD, POST"),
        ("GET", "/logout", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("POST", "/v1/auth/session", "GET, HEAD"),
        ("POST", "/v1/auth/continue", "GET"),
        ("GET", "/v1/auth/login", "POST"),
    ] {
        let reply = world.send(request(method, path).body(Body::Empty).unwrap());
        assert_eq!((reply.status, reply.header("allow")), (405, allow), "{method} {path}");
    }
}

#[test]
fn headers_of_any_bytes_break_nothing() {
    let world = World::published();
    for name in [
        "cookie",
        "authorization",
        "if-none-match",
        "range",
        "if-range",
        "x-request-id",
        "origin",
        "x-csrf-token",
        "content-type",
    ] {
        let value = http::HeaderValue::from_bytes(b"\xff\xfe;=\"aw_access=\xc3\x28").unwrap();
        let mut request = get("/books/whale/1").body(Body::Empty).unwrap();
        request.headers_mut().insert(name, value.clone());
        assert!(world.send(request).status < 500, "{name}");
        let mut request = request_to_login();
        request.headers_mut().insert(name, value);
        assert!(world.send(request).status < 500, "{name}");
    }
    for cookie in ["", ";", "=", "aw_access", "aw_access=", "aw_access=;;;", "a=b; aw_access=x; aw_access=y", ";=;="] {
        assert_eq!(world.get_with("/books/whale/1", &[("cookie", cookie)]).status, 200, "{cookie:?}");
    }
}

fn request_to_login() -> http::Request<Body<aw_memory::MemoryBody>> {
    with(request("POST", "/login"), &[("content-type", "application/x-www-form-urlencoded")])
}

#[test]
fn a_record_that_cannot_be_read_is_ours_to_answer_for_and_noted() {
    let world = World::published();
    world.put("m/press/whale", "2\n{\"not\":\"a manifest\"}");
    let reply = world.get("/v1/books/whale");
    assert_eq!((reply.status, reply.code().as_str()), (500, "SERVICE_INTERNAL_ERROR"));
    let record = world.records().pop().unwrap();
    assert!(record["detail"].as_str().unwrap().contains("m/press/whale"), "{record}");
}
