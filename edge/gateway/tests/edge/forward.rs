//! What the edge does not know is the origin's.

use std::{cell::Cell, rc::Rc, time::Duration};

use aw_platform::{Body, Bytes, Platform, http};

use crate::world::{Count, World, answer, json, request, with};

#[test]
fn a_request_goes_on_signed_with_who_asks() {
    let world = World::empty();
    world.origin.on(|_| answer(201, r#"{"data":{"id":"b-1"}}"#));
    let bearer = format!("Bearer {}", world.press.token(&["tier:gold"]));
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-request-id", "r-1"),
        ("if-match", "\"3\""),
        ("idempotency-key", "i-1"),
    ];
    let reply = world.send(json("/v1/books?draft=1&x=%20", r#"{"title":"T"}"#, &headers));
    assert_eq!((reply.status, reply.text()), (201, r#"{"data":{"id":"b-1"}}"#));
    let seen = world.origin.last();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/v1/books?draft=1&x=%20"));
    assert_eq!(seen.body, r#"{"title":"T"}"#);
    for (name, value) in [
        ("x-aw-tenant", "press"),
        ("x-aw-host", "press.localhost"),
        ("x-aw-user", "u-1"),
        ("x-aw-roles", "reader"),
        ("x-aw-session", "s-1"),
        ("x-aw-client-ip", "127.0.0.1"),
        ("x-request-id", "r-1"),
        ("if-match", "\"3\""),
        ("idempotency-key", "i-1"),
        ("content-type", "application/json"),
        ("authorization", ""),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    let input = seen.header("signature-input");
    for covered in [
        "@method",
        "@authority",
        "@path",
        "@query",
        "content-digest",
        "x-aw-tenant",
        "x-aw-user",
        "x-aw-roles",
        "x-aw-client-ip",
    ] {
        assert!(input.contains(&format!("\"{covered}\"")), "{covered} in {input}");
    }
    assert!(input.contains("keyid=\"native\"") && input.contains("nonce=\""));
}

#[test]
fn identity_that_a_stranger_wrote_goes_nowhere() {
    let world = World::empty();
    world.origin.on(|_| answer(200, "{}"));
    let forged = [
        ("x-aw-user", "owner-1"),
        ("X-AW-Roles", "owner"),
        ("x-aw-tenant", "other"),
        ("x-aw-session", "s-9"),
        ("x-aw-client-ip", "10.9.9.9"),
        ("x-aw-anything", "x"),
        ("x-forwarded-for", "10.9.9.9"),
        ("x-forwarded-host", "other.example"),
        ("forwarded", "for=10.9.9.9"),
        ("x-real-ip", "10.9.9.9"),
        ("signature", "aw=:AAAA:"),
        ("signature-input", "aw=();created=1"),
        ("content-digest", "sha-256=:AAAA:"),
        ("cookie", "theme=dark"),
    ];
    assert_eq!(world.get_with("/v1/drafts", &forged).status, 200);
    let seen = world.origin.last();
    assert_eq!((seen.header("x-aw-tenant"), seen.header("x-aw-client-ip")), ("press", "127.0.0.1"));
    for gone in [
        "x-aw-user",
        "x-aw-roles",
        "x-aw-session",
        "x-aw-anything",
        "x-forwarded-for",
        "x-forwarded-host",
        "forwarded",
        "x-real-ip",
        "cookie",
    ] {
        assert_eq!(seen.header(gone), "", "{gone}");
    }
    // The signature is ours: the scripted origin has verified it.
    assert!(seen.header("signature-input").contains("keyid=\"native\""));
}

#[test]
fn headers_of_the_connection_end_here_both_ways() {
    let world = World::empty();
    world.origin.on(|_| {
        let mut response = answer(200, "{}");
        for (name, value) in [
            ("connection", "x-hop, keep-alive"),
            ("x-hop", "1"),
            ("keep-alive", "5"),
            ("x-aw-user", "u"),
            ("x-kept", "1"),
        ] {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        for cookie in ["a=1", "b=2"] {
            response.headers_mut().append("set-cookie", cookie.parse().unwrap());
        }
        response
    });
    let reply = world.get_with(
        "/v1/drafts",
        &[("connection", "x-mine"), ("x-mine", "1"), ("te", "trailers"), ("expect", "100-continue"), ("x-other", "1")],
    );
    let seen = world.origin.last();
    for gone in ["connection", "x-mine", "te", "expect"] {
        assert_eq!(seen.header(gone), "", "{gone}");
    }
    assert_eq!(seen.header("x-other"), "1");
    for gone in ["connection", "x-hop", "keep-alive", "x-aw-user"] {
        assert!(!reply.has(gone), "{gone}");
    }
    assert_eq!((reply.header("x-kept"), reply.cookies()), ("1", vec!["a=1", "b=2"]));
}

#[test]
fn the_answer_is_passed_through_unopened() {
    let world = World::empty();
    world.origin.on(|_| {
        let mut response = http::Response::new(Bytes::from_static(b"\x1f\x8b not really gzip").into());
        response.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        response
    });
    let reply = world.get("/v1/drafts");
    assert!(reply.native, "the origin's own body");
    assert_eq!((reply.header("content-encoding"), &reply.body[..2]), ("gzip", &b"\x1f\x8b"[..]));
}

#[test]
fn a_browsers_write_must_prove_that_it_comes_from_our_page() {
    let world = World::empty();
    world.origin.on(|_| answer(200, "{}"));
    let token = world.press.token(&[]);
    let cookie = format!("aw_access={token}");
    let login = world.get_as_browser("/login", &token);
    let csrf = login.cookie("aw_csrf").expect("the account page gives the session's").to_owned();
    let other = "x".repeat(csrf.len());
    for (given, origin, status, code) in [
        (None, None, 403, "AUTH_CSRF_INVALID"),
        (Some(""), None, 403, "AUTH_CSRF_INVALID"),
        (Some(other.as_str()), None, 403, "AUTH_CSRF_INVALID"),
        (Some(&csrf), Some("https://evil.example"), 403, "AUTH_ORIGIN_FOREIGN"),
        (Some(&csrf), Some("null"), 403, "AUTH_ORIGIN_FOREIGN"),
        (Some(&csrf), Some("https://press.localhost.evil.example"), 403, "AUTH_ORIGIN_FOREIGN"),
        (Some(&csrf), Some("https://press.localhost"), 200, ""),
        (Some(&csrf), None, 200, ""),
    ] {
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(given.map(|csrf| ("x-csrf-token", csrf)));
        headers.extend(origin.map(|origin| ("origin", origin)));
        let reply = world.send(json("/v1/books", "{}", &headers));
        assert_eq!(reply.status, status, "{given:?} {origin:?}");
        if status != 200 {
            assert_eq!(reply.code(), code);
        }
    }
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(world.send(with(request(method, "/v1/books/b-1"), &[("cookie", &cookie)])).status, 403, "{method}");
    }
    // A program's token cannot be sent by another site's page.
    let bearer = format!("Bearer {token}");
    assert_eq!(world.send(json("/v1/books", "{}", &[("authorization", &bearer)])).status, 200);
    assert_eq!(world.get_with("/v1/drafts", &[("cookie", &cookie)]).status, 200, "reading needs no proof");
}

#[test]
fn a_browsers_write_with_an_expired_token_is_told_to_refresh() {
    let world = World::empty();
    let token = world.press.token(&[]);
    world.advance(600);
    let reply = world.send(json("/v1/books", "{}", &[("cookie", &format!("aw_access={token}"))]));
    assert_eq!((reply.status, reply.code().as_str()), (401, "AUTH_TOKEN_EXPIRED"));
}

#[test]
fn without_the_origin_a_write_is_a_503_and_reading_goes_on() {
    let world = World::published();
    for _ in 0..10 {
        let reply = world.send(json("/v1/books", "{}", &[]));
        assert_eq!((reply.status, reply.code().as_str()), (503, "EDGE_ORIGIN_UNAVAILABLE"));
        assert!(reply.has("retry-after"));
        assert_eq!(world.get("/books/whale/1").status, 200);
    }
    assert_eq!(world.origin.count(), 5, "the circuit is open");
    world.origin.up.set(true);
    world.origin.on(|_| answer(200, "{}"));
    assert_eq!(world.send(json("/v1/books", "{}", &[])).status, 503, "not before its time");
    world.advance(5);
    assert_eq!(world.send(json("/v1/books", "{}", &[])).status, 200);
    assert_eq!(world.send(json("/v1/books", "{}", &[])).status, 200);
}

#[test]
fn an_origin_that_says_it_is_unavailable_counts_as_down_and_an_error_of_its_own_does_not() {
    let world = World::empty();
    let status: Count = Rc::new(Cell::new(500));
    let say = status.clone();
    world.origin.on(move |_| answer(say.get() as u16, "{}"));
    for _ in 0..10 {
        assert_eq!(world.send(json("/v1/x", "{}", &[])).status, 500, "passed on as it is");
    }
    status.set(502);
    for _ in 0..10 {
        world.send(json("/v1/x", "{}", &[]));
    }
    let asked = world.origin.seen.borrow().iter().filter(|seen| seen.target == "/v1/x").count();
    assert_eq!(asked, 15);
}

#[test]
fn an_upload_is_read_whole_and_its_digest_signed() {
    let world = World::empty();
    world.origin.on(|seen| answer(200, &format!("{}", seen.body.len())));
    let chunks = (0..64).map(|n| Ok(Bytes::from(vec![n; 64 * 1024])));
    let body = Body::stream(futures_util::stream::iter(chunks.collect::<Vec<_>>()));
    let reply = world.send(request("POST", "/v1/imports").body(body).unwrap());
    assert_eq!((reply.status, reply.text()), (200, "4194304"));
}

#[test]
fn a_reader_who_goes_away_leaves_no_probe_behind() {
    let world = World::published();
    for _ in 0..5 {
        world.send(json("/v1/books", "{}", &[]));
    }
    world.origin.up.set(true);
    world.origin.on(|_| answer(200, "{}"));
    world.advance(5);
    // The probe is dropped while it is under way.
    let p = world.p.clone();
    world.p.block_on(async {
        let gone = std::pin::pin!(world.ask(&p, json("/v1/books", "{}", &[])));
        let soon = std::pin::pin!(p.sleep(Duration::from_millis(5)));
        drop(futures_util::future::select(gone, soon).await);
    });
    assert_eq!(world.send(json("/v1/books", "{}", &[])).status, 200);
}

#[test]
fn a_webhook_goes_on_as_it_came_without_a_session_or_csrf() {
    let world = World::empty();
    world.origin.on(|_| answer(200, r#"{"data":{"received":true}}"#));
    let body = "{\n  \"id\": \"evt_1\",  \"type\": \"invoice.paid\"\t}\n";
    let headers = [("content-type", "application/json; charset=utf-8"), ("stripe-signature", "t=1,v1=ab,v1=cd")];
    let request = with(request("POST", "/v1/webhooks/payments"), &headers);
    let (head, _) = request.into_parts();
    let reply = world.send(http::Request::from_parts(head, Body::from(body)));
    assert_eq!(reply.status, 200);
    let seen = world.origin.last();
    assert_eq!((&seen.body[..], seen.header("stripe-signature")), (body.as_bytes(), "t=1,v1=ab,v1=cd"));
    assert_eq!((seen.header("x-aw-tenant"), seen.header("x-aw-user")), ("press", ""));
}
