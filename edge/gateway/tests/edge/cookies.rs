//! The session's cookies, and programs that need none.

use crate::world::{World, answer, json, request, with};

/// An origin that logs everybody in.
pub(crate) fn logs_in(world: &World) {
    let token = world.press.token(&["tier:gold"]);
    world.origin.on(move |seen| match seen.target.as_str() {
        "/v1/auth/login" | "/v1/auth/login/factor" | "/v1/auth/passkeys/login" | "/v1/auth/refresh" => {
            answer(200, &tokens(&token))
        }
        "/v1/auth/register" => answer(201, &tokens(&token)),
        "/v1/auth/logout" => answer(204, ""),
        _ => answer(404, "{}"),
    });
}

pub(crate) fn tokens(access: &str) -> String {
    let user = r#"{"id":"u-1","email":"a@b.c","displayName":"A","roles":[],"entitlements":[]}"#;
    format!(
        r#"{{"data":{{"user":{user},"accessToken":"{access}","refreshToken":"refresh-2","tokenType":"Bearer","expiresIn":600}},"meta":{{}}}}"#
    )
}

#[test]
fn a_login_sets_the_cookies_as_the_protocol_says() {
    let world = World::empty();
    logs_in(&world);
    let reply = world.send(json("/v1/auth/login", r#"{"email":"a@b.c","password":"x"}"#, &[]));
    assert_eq!(reply.status, 200);
    assert_eq!(world.origin.last().body, r#"{"email":"a@b.c","password":"x"}"#);
    let cookies = reply.cookies();
    let token = world.press.token(&["tier:gold"]);
    let find = |start: &str| {
        *cookies.iter().find(|c| c.starts_with(start)).unwrap_or_else(|| panic!("{start} in {cookies:?}"))
    };
    let access = find(&format!("aw_access={token}; Path=/;"));
    let refresh = [find("aw_refresh=refresh-2; Path=/v1/auth;"), find("aw_refresh=refresh-2; Path=/logout;")];
    for cookie in [access, refresh[0], refresh[1]] {
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    }
    let csrf = find("aw_csrf=");
    assert!(csrf.contains("Path=/;") && csrf.contains("SameSite=Lax") && !csrf.contains("HttpOnly"), "{csrf}");
    assert!(cookies.iter().all(|c| !c.contains("Secure")), "localhost in clear text");
    assert_eq!(cookies.len(), 4);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.json()["data"]["refreshToken"], "refresh-2", "a program keeps it itself");
}

#[test]
fn cookies_are_secure_everywhere_but_on_this_machine() {
    let world = World::empty();
    logs_in(&world);
    let login = || json("/v1/auth/login", "{}", &[]);
    let tls = world.p.from_client("10.0.0.1".parse().unwrap(), None, Some("TLSv1.3"));
    assert!(world.p.block_on(world.ask(&tls, login())).cookies().iter().all(|c| c.ends_with("; Secure")));
    world.origin.values.borrow_mut().insert("h/press.example".into(), crate::world::encode(&world.press.tenant));
    let mut elsewhere = login();
    elsewhere.headers_mut().insert("host", "press.example".parse().unwrap());
    let reply = world.send(elsewhere);
    assert!(!reply.cookies().is_empty() && reply.cookies().iter().all(|c| c.ends_with("; Secure")));
}

#[test]
fn a_refresh_by_cookie_gives_cookies_and_keeps_the_tokens_from_scripts() {
    let world = World::empty();
    logs_in(&world);
    let cookie = "aw_refresh=refresh-1; aw_csrf=c-1";
    let headers = [("cookie", cookie), ("x-csrf-token", "c-1")];
    let reply = world.send(with(request("POST", "/v1/auth/refresh"), &headers));
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(world.origin.last().body, r#"{"refreshToken":"refresh-1"}"#);
    assert_eq!(reply.cookie("aw_refresh"), Some("refresh-2"));
    assert!(!reply.text().contains("refresh-2") && !reply.text().contains("accessToken"));
    assert_eq!(reply.json()["data"]["user"]["id"], "u-1");
}

#[test]
fn a_refresh_by_body_is_a_programs() {
    let world = World::empty();
    logs_in(&world);
    let reply = world.send(json("/v1/auth/refresh", r#"{"refreshToken":"refresh-1"}"#, &[]));
    assert_eq!((reply.status, &reply.json()["data"]["refreshToken"]), (200, &"refresh-2".into()));
    assert_eq!(world.send(json("/v1/auth/refresh", "{}", &[])).code(), "AUTH_REFRESH_MISSING");
    assert_eq!(world.send(json("/v1/auth/refresh", "{", &[])).code(), "REQUEST_BODY_INVALID");
    assert_eq!(world.send(json("/v1/auth/refresh", r#"{"refreshToken":7}"#, &[])).status, 400);
}

#[test]
fn a_refresh_or_logout_by_cookie_needs_the_csrf_token() {
    let world = World::empty();
    logs_in(&world);
    for path in ["/v1/auth/refresh", "/v1/auth/logout"] {
        for headers in [
            vec![("cookie", "aw_refresh=r; aw_csrf=c-1")],
            vec![("cookie", "aw_refresh=r; aw_csrf=c-1"), ("x-csrf-token", "c-2")],
            vec![("cookie", "aw_refresh=r"), ("x-csrf-token", "c-1")],
            vec![("cookie", "aw_refresh=r; aw_csrf="), ("x-csrf-token", "")],
            vec![("cookie", "aw_refresh=r; aw_csrf=c-1"), ("x-csrf-token", "c-1"), ("origin", "https://evil.example")],
        ] {
            assert_eq!(world.send(with(request("POST", path), &headers)).status, 403, "{path} {headers:?}");
        }
    }
    let asked = world.origin.seen.borrow().iter().filter(|seen| seen.target.starts_with("/v1/")).count();
    assert_eq!(asked, 0);
}

#[test]
fn a_logout_makes_the_browser_forget() {
    let world = World::empty();
    logs_in(&world);
    let headers = [("cookie", "aw_refresh=refresh-1; aw_csrf=c"), ("x-csrf-token", "c")];
    let reply = world.send(with(request("POST", "/v1/auth/logout"), &headers));
    assert_eq!((reply.status, reply.cookies().len()), (204, 4));
    assert!(reply.cookies().iter().all(|c| c.contains("=; ") && c.contains("Max-Age=0")), "{:?}", reply.cookies());
    assert_eq!(world.origin.last().target, "/v1/auth/logout");
    assert_eq!(
        world.send(request("POST", "/v1/auth/logout").body(aw_platform::Body::Empty).unwrap()).status,
        204,
        "nothing to end"
    );
}

#[test]
fn a_session_that_the_origin_ended_takes_its_cookies_along() {
    let world = World::empty();
    let refusal = r#"{"error":{"code":"USER_REFRESH_REUSED","message":"this session has ended","requestId":"r"}}"#;
    world.origin.on(move |_| answer(401, refusal));
    let headers = [("cookie", "aw_refresh=refresh-1; aw_csrf=c"), ("x-csrf-token", "c")];
    let reply = world.send(with(request("POST", "/v1/auth/refresh"), &headers));
    assert_eq!((reply.status, reply.cookie("aw_refresh"), reply.header("www-authenticate")), (401, Some(""), "Bearer"));
    assert_eq!(reply.text(), refusal, "the origin's words");
}
