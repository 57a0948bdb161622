//! Logging in, registering and logging out without JavaScript.

use aw_platform::Body;

use crate::{
    cookies::logs_in,
    world::{Reply, World, answer, form, request},
};

/// The anonymous CSRF token that the form gives, which is also its cookie.
fn csrf(page: &Reply) -> String {
    let token = page.cookie("aw_csrf").expect("the cookie of the form").to_owned();
    assert!(page.text().contains(&format!("name=\"csrf\" value=\"{token}\"")));
    token
}

fn submit(world: &World, path: &str, fields: &[(&str, &str)]) -> Reply {
    let token = csrf(&world.get(path));
    let mut all = vec![("csrf", token.as_str()), ("email", "a@b.c"), ("password", "correct horse")];
    all.extend(fields);
    world.send(form(path, &format!("aw_csrf={token}"), &all))
}

#[test]
fn a_login_goes_back_to_where_the_reader_was() {
    let world = World::empty();
    logs_in(&world);
    let page = world.get("/login?next=%2Fbooks%2Fwhale%2F3");
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.text().contains("name=\"next\" value=\"/books/whale/3\""));
    let reply = submit(&world, "/login", &[("next", "/books/whale/3")]);
    assert_eq!((reply.status, reply.header("location")), (303, "/books/whale/3"));
    assert_eq!(reply.cookies().len(), 4);
    assert_eq!(world.origin.last().body, r#"{"email":"a@b.c","password":"correct horse"}"#);
    let token = reply.cookie("aw_access").unwrap();
    assert_eq!(world.get_as_browser("/books/whale/3", token).status, 200);
}

#[test]
fn a_registration_logs_in() {
    let world = World::empty();
    logs_in(&world);
    let reply = submit(&world, "/register", &[("displayName", " Ahab ")]);
    assert_eq!((reply.status, reply.header("location")), (303, "/"));
    let seen = world.origin.last();
    assert_eq!(
        (seen.target.as_str(), &seen.body[..]),
        ("/v1/auth/register", &br#"{"email":"a@b.c","password":"correct horse","displayName":"Ahab"}"#[..])
    );
}

#[test]
fn nobody_is_sent_to_another_site() {
    let world = World::empty();
    logs_in(&world);
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/a\r\nset-cookie: x=1",
        "",
    ] {
        assert_eq!(submit(&world, "/login", &[("next", next)]).header("location"), "/", "{next:?}");
        let escaped = aw_pages::form::escape(next);
        let page = world.get(&format!("/login?next={escaped}"));
        assert!(page.text().contains("name=\"next\" value=\"/\""), "{next:?}");
        let token = world.press.token(&[]);
        assert_eq!(world.get_as_browser(&format!("/login?next={escaped}"), &token).header("location"), "/");
    }
}

#[test]
fn a_form_that_is_not_ours_logs_nobody_in() {
    let world = World::empty();
    logs_in(&world);
    let token = csrf(&world.get("/login"));
    let (random, mac) = token.split_once('.').unwrap();
    let made_up = format!("{random}.{}", "A".repeat(mac.len()));
    for (cookie, field) in
        [("", ""), ("", token.as_str()), (&token, ""), (&token, "x"), ("x", "x"), (&made_up, &made_up)]
    {
        let fields = [("csrf", field), ("email", "a@b.c"), ("password", "p")];
        let reply = world.send(form("/login", &format!("aw_csrf={cookie}"), &fields));
        assert_eq!(reply.status, 403, "{cookie} {field}");
        assert!(reply.text().contains("role=\"alert\"") && reply.cookie("aw_access").is_none());
    }
    let mut foreign =
        form("/login", &format!("aw_csrf={token}"), &[("csrf", &token), ("email", "a@b.c"), ("password", "p")]);
    foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(world.send(foreign).status, 403);
    let asked = world.origin.seen.borrow().iter().filter(|seen| seen.target.starts_with("/v1/")).count();
    assert_eq!(asked, 0);
    let json = request("POST", "/login").header("content-type", "application/json").body(Body::from("{}")).unwrap();
    assert_eq!(world.send(json).status, 415);
}

#[test]
fn a_browser_keeps_its_form_token_across_tabs() {
    let world = World::empty();
    let token = csrf(&world.get("/login"));
    let again = world.get_with("/register", &[("cookie", &format!("aw_csrf={token}"))]);
    assert!(again.cookies().is_empty() && again.text().contains(&token));
}

#[test]
fn a_wrong_password_shows_the_form_again_with_what_was_typed_but_the_password() {
    let world = World::empty();
    world.origin.on(|_| {
        answer(401, r#"{"error":{"code":"USER_LOGIN_FAILED","message":"that <b>did not</b> match","requestId":"r"}}"#)
    });
    let reply = submit(&world, "/login", &[("next", "/books/whale/3")]);
    assert_eq!(reply.status, 401);
    let text = reply.text();
    assert!(text.contains("role=\"alert\"") && text.contains("that &lt;b&gt;did not&lt;/b&gt; match"));
    assert!(
        text.contains("value=\"a@b.c\"")
            && text.contains("value=\"/books/whale/3\"")
            && !text.contains("correct horse")
    );
    assert!(reply.cookie("aw_access").is_none());
}

#[test]
fn who_guesses_in_the_form_is_slowed_down_too() {
    let world = World::empty();
    world.origin.on(|_| answer(401, "{}"));
    let token = csrf(&world.get("/login"));
    let guess = || {
        let fields = [("csrf", token.as_str()), ("email", "a@b.c"), ("password", "p")];
        world.send(form("/login", &format!("aw_csrf={token}"), &fields))
    };
    let limited = (0..100).map(|_| guess()).find(|reply| reply.status == 429).expect("a limit");
    assert!(limited.header("retry-after").parse::<u32>().unwrap() >= 1 && limited.text().contains("<form"));
}

#[test]
fn without_the_origin_the_form_says_so_on_a_page() {
    let world = World::published();
    let reply = submit(&world, "/login", &[]);
    assert_eq!((reply.status, reply.header("content-type")), (503, "text/html; charset=utf-8"));
    assert!(reply.has("retry-after"));
}

#[test]
fn who_is_logged_in_sees_the_account_and_logs_out() {
    let world = World::empty();
    logs_in(&world);
    let token = world.press.token(&[]);
    let page = world.get_as_browser("/login", &token);
    let csrf = page.cookie("aw_csrf").unwrap().to_owned();
    assert!(page.text().contains("action=\"/logout\"") && page.text().contains(&csrf));
    let cookie = format!("aw_access={token}; aw_refresh=refresh-1; aw_csrf={csrf}");
    assert_eq!(world.send(form("/logout", &cookie, &[("csrf", "x")])).status, 403);
    assert_eq!(world.send(form("/logout", &cookie, &[])).status, 403);
    let reply = world.send(form("/logout", &cookie, &[("csrf", &csrf)]));
    assert_eq!((reply.status, reply.header("location"), reply.cookie("aw_access")), (303, "/", Some("")));
    assert_eq!(world.origin.last().body, r#"{"refreshToken":"refresh-1"}"#);
    // With the origin away the browser forgets all the same.
    world.origin.up.set(false);
    let reply = world.send(form("/logout", &cookie, &[("csrf", &csrf)]));
    assert_eq!((reply.status, reply.cookie("aw_refresh")), (303, Some("")));
}

#[test]
fn a_login_form_that_is_sent_after_a_login_elsewhere_goes_on() {
    let world = World::empty();
    logs_in(&world);
    let token = csrf(&world.get("/login"));
    let cookie = format!("aw_access={}; aw_csrf=another", world.press.token(&[]));
    let reply = world.send(form("/login", &cookie, &[("csrf", &token), ("next", "/books/whale")]));
    assert_eq!((reply.status, reply.header("location")), (303, "/books/whale"));
}
