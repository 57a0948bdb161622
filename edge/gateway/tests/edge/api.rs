//! Logging in through the edge: relayed, slowed down, and refused early where it can be.

use std::rc::Rc;

use aw_platform::Body;

use crate::{
    cookies::logs_in,
    world::{World, answer, json, request, with},
};

#[test]
fn what_is_no_json_is_refused_so_that_no_form_of_another_site_logs_anyone_in() {
    let world = World::empty();
    logs_in(&world);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let login = with(request("POST", "/v1/auth/login"), &[("content-type", kind)]).map(|_| Body::from("{}"));
        assert_eq!(world.send(login).status, 415, "{kind}");
    }
    let charset = with(request("POST", "/v1/auth/login"), &[("content-type", "Application/JSON; charset=utf-8")]);
    assert_eq!(world.send(charset.map(|_| Body::from("{}"))).status, 200);
    assert_eq!(
        world.send(json("/v1/auth/login", "{}", &[("origin", "https://evil.example")])).code(),
        "AUTH_ORIGIN_FOREIGN"
    );
    assert_eq!(world.send(json("/v1/auth/login", &" ".repeat(17_000), &[])).status, 413);
}

#[test]
fn what_the_origin_refuses_is_passed_on_as_it_is() {
    let world = World::empty();
    world.origin.on(|_| {
        let mut response = answer(429, r#"{"error":{"code":"USER_RATE_LIMITED","message":"m","requestId":"r"}}"#);
        response.headers_mut().insert("retry-after", "17".parse().unwrap());
        response
    });
    let reply = world.send(json("/v1/auth/login", "{}", &[]));
    assert_eq!((reply.status, reply.header("retry-after")), (429, "17"));
    assert_eq!(reply.json()["error"]["code"], "USER_RATE_LIMITED");
    assert!(reply.cookies().is_empty());
}

#[test]
fn without_the_origin_nobody_logs_in_and_it_says_so() {
    let world = World::published();
    let reply = world.send(json("/v1/auth/login", "{}", &[]));
    assert_eq!((reply.status, reply.code().as_str()), (503, "AUTH_ORIGIN_UNAVAILABLE"));
    assert!(reply.has("retry-after"));
    world.origin.up.set(true);
    world.origin.on(|_| answer(500, "boom: password=hunter2"));
    world.advance(10);
    let reply = world.send(json("/v1/auth/login", "{}", &[]));
    assert!(reply.status == 503 && !reply.text().contains("hunter2"));
}

#[test]
fn who_guesses_is_slowed_down_and_others_are_not() {
    let world = World::empty();
    world.origin.on(|_| answer(401, r#"{"error":{"code":"USER_LOGIN_FAILED","message":"no","requestId":"r"}}"#));
    let login = || json("/v1/auth/login", "{}", &[]);
    let mut limited = None;
    for n in 0..100 {
        let reply = world.send_from("10.0.0.1", login());
        if reply.status == 429 {
            assert_eq!(reply.code(), "AUTH_RATE_LIMITED");
            assert!(reply.header("retry-after").parse::<u32>().unwrap() >= 1);
            limited.get_or_insert(n);
        }
    }
    let limited = limited.expect("a limit");
    assert!((10..60).contains(&limited), "after {limited}");
    assert_eq!(world.send_from("10.0.0.2", login()).status, 401, "another address");
    world.advance(60);
    assert_eq!(world.send_from("10.0.0.1", login()).status, 401, "later");
}

#[test]
fn what_is_left_is_told_by_the_one_of_origin_and_edge_that_has_less() {
    let world = World::empty();
    let tokens = crate::cookies::tokens(&world.press.token(&[]));
    let origin_has = |left: &'static str| {
        let tokens = tokens.clone();
        world.origin.on(move |_| {
            let mut response = answer(200, &tokens);
            for (name, value) in [("limit", "600"), ("remaining", left), ("reset", "41")] {
                response.headers_mut().insert(
                    http::HeaderName::from_bytes(format!("x-ratelimit-{name}").as_bytes()).unwrap(),
                    value.parse().unwrap(),
                );
            }
            response
        });
    };
    let ask = |from: &str, path: &str| {
        let body = r#"{"refreshToken":"r-1"}"#;
        let reply = world.send_from(from, json(path, body, &[]));
        let told = ["limit", "remaining", "reset"].map(|name| reply.header(&format!("x-ratelimit-{name}")).to_owned());
        (reply.status, told.join(" "))
    };
    origin_has("599");
    let (login, register, refresh) = ("/v1/auth/login", "/v1/auth/register", "/v1/auth/refresh");
    assert_eq!(ask("10.0.0.1", login), (200, "30 29 2".to_owned()));
    assert_eq!(ask("10.0.0.1", register), (200, "30 28 4".to_owned()), "both are tries");
    assert_eq!(ask("10.0.0.1", refresh), (200, "200 199 1".to_owned()));
    origin_has("3");
    for path in [login, register, refresh] {
        assert_eq!(ask("10.0.0.2", path), (200, "600 3 41".to_owned()), "{path}");
    }
    // Where the origin says nothing, the edge does.
    world.origin.on(|_| answer(401, r#"{"error":{"code":"AUTH_LOGIN_FAILED","message":"no","requestId":"r"}}"#));
    assert_eq!(ask("10.0.0.3", login), (401, "30 29 2".to_owned()));
    let last = (0..100).map(|_| ask("10.0.0.3", login)).find(|(status, _)| *status == 429);
    assert_eq!(last, Some((429, "30 0 2".to_owned())));
}

#[test]
fn fifty_refreshes_at_once_are_all_served() {
    let world = World::empty();
    logs_in(&world);
    let asks = (0..50).map(|_| world.ask(&world.p, json("/v1/auth/refresh", r#"{"refreshToken":"r-1"}"#, &[])));
    let replies = world.p.block_on(futures_util::future::join_all(asks));
    assert!(replies.iter().all(|reply| reply.status == 200));
}

#[test]
fn the_origin_learns_who_asks_and_from_where() {
    let world = World::empty();
    logs_in(&world);
    world.send_from("10.1.2.3", json("/v1/auth/login", "{}", &[("x-aw-user", "u-9"), ("user-agent", "test")]));
    let seen = world.origin.last();
    assert_eq!(
        (seen.header("x-aw-client-ip"), seen.header("x-aw-tenant"), seen.header("x-aw-user")),
        ("10.1.2.3", "press", "")
    );
}

#[test]
fn a_token_of_a_key_that_has_not_arrived_makes_no_cookies() {
    let world = World::empty();
    let token = Rc::new(crate::world::sign("press", "k3", &world.press.claims(&[])));
    world.origin.on(move |_| answer(200, &crate::cookies::tokens(&token)));
    let reply = world.send(json("/v1/auth/login", "{}", &[]));
    assert_eq!((reply.status, reply.cookies().len()), (200, 0), "a program has its tokens all the same");
    assert!(world.records().pop().unwrap()["detail"].as_str().unwrap().contains("no cookies"));
}
