//! The second step of a login without JavaScript, and the pages that have a script.

use crate::{
    cookies::logs_in,
    world::{Reply, World, answer, form, json},
};

const CHALLENGE: &str = r#"{"data":{"challenge":"c-1","factors":["totp","recovery","passkey"],"expiresIn":300}}"#;

fn csrf(page: &Reply) -> String {
    page.cookie("aw_csrf").expect("the cookie of the form").to_owned()
}

/// The page that a first step leads to, and the form's token.
fn first(world: &World) -> (Reply, String) {
    world.origin.on(|seen| match seen.target.as_str() {
        "/v1/auth/login" => answer(200, CHALLENGE),
        other => panic!("{other}"),
    });
    let token = csrf(&world.get("/login"));
    let fields = [("csrf", token.as_str()), ("email", "a@b.c"), ("password", "x"), ("next", "/books/whale/3")];
    (world.send(form("/login", &format!("aw_csrf={token}"), &fields)), token)
}

fn second(world: &World, token: &str, code: &str) -> Reply {
    let fields = [
        ("csrf", token),
        ("challenge", "c-1"),
        ("factors", "totp recovery passkey"),
        ("next", "/books/whale/3"),
        ("code", code),
    ];
    world.send(form("/login/factor", &format!("aw_csrf={token}"), &fields))
}

#[test]
fn a_login_goes_on_to_the_second_step_and_back_to_the_book() {
    let world = World::empty();
    let (page, token) = first(&world);
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.cookie("aw_access").is_none() && page.cookie("aw_refresh").is_none());
    for part in ["action=\"/login/factor\"", "value=\"c-1\"", "value=\"/books/whale/3\"", "data-challenge=\"c-1\""] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    logs_in(&world);
    for (typed, sent) in [
        ("123 456", r#"{"challenge":"c-1","totp":"123 456"}"#),
        ("k3v9x-7m2qa", r#"{"challenge":"c-1","recoveryCode":"k3v9x-7m2qa"}"#),
        ("1234567890", r#"{"challenge":"c-1","recoveryCode":"1234567890"}"#),
    ] {
        let reply = second(&world, &token, typed);
        assert_eq!((reply.status, reply.header("location")), (303, "/books/whale/3"));
        assert_eq!(reply.cookies().len(), 4);
        let seen = world.origin.last();
        assert_eq!((seen.target.as_str(), &seen.body[..]), ("/v1/auth/login/factor", sent.as_bytes()));
    }
}

#[test]
fn a_wrong_code_is_asked_again_and_a_dead_challenge_begins_anew() {
    let world = World::empty();
    let (_, token) = first(&world);
    let refuse = |code: &'static str| {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"it is not right","requestId":"r"}}}}"#);
        world.origin.on(move |_| answer(401, &body));
    };
    refuse("AUTH_FACTOR_WRONG");
    let page = second(&world, &token, "000000");
    assert_eq!(page.status, 401);
    assert!(page.text().contains("it is not right") && page.text().contains("value=\"c-1\""), "{}", page.text());
    refuse("AUTH_CHALLENGE_INVALID");
    let page = second(&world, &token, "000000");
    assert_eq!(page.status, 401);
    assert!(page.text().contains("action=\"/login\"") && page.text().contains("/books/whale/3"), "{}", page.text());
    // A form that is not ours is not sent on.
    let count = world.origin.count();
    let foreign = world.send(form("/login/factor", "aw_csrf=x", &[("csrf", "x"), ("code", "000000")]));
    assert_eq!((foreign.status, world.origin.count()), (403, count));
}

#[test]
fn the_api_gives_no_cookies_before_the_second_step() {
    let world = World::empty();
    world.origin.on(|_| answer(200, CHALLENGE));
    let reply = world.send(json("/v1/auth/login", r#"{"email":"a@b.c","password":"x"}"#, &[]));
    assert_eq!((reply.status, reply.cookies().len()), (200, 0));
    assert!(reply.text().contains("c-1"));
    logs_in(&world);
    for path in ["/v1/auth/login/factor", "/v1/auth/passkeys/login"] {
        let reply = world.send(json(path, "{}", &[]));
        assert_eq!((reply.status, reply.cookies().len()), (200, 4), "{path}");
        assert_eq!(world.origin.last().target, path);
        let foreign = world.send(json(path, "{}", &[("origin", "https://evil.example")]));
        assert_eq!(foreign.status, 403, "{path}");
    }
}

#[test]
fn pages_with_a_script_run_ours_alone() {
    let world = World::empty();
    let page = world.get("/login");
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let src = page.text().split_once("<script type=\"module\" src=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let script = world.get(&src);
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert!(script.header("cache-control").contains("immutable"));
    assert!(!world.get("/").header("content-security-policy").contains("script-src"));
}
