//! A member who reads for an hour is not logged out.

use crate::{
    cookies::{logs_in, tokens},
    world::{START, World, answer, sign},
};

/// A token that was good until now.
fn expired(world: &World) -> String {
    let mut claims = world.press.claims(&["tier:gold"]);
    (claims.iat, claims.exp) = (START - 600, START);
    sign("press", "k2", &claims)
}

#[test]
fn a_page_that_needs_the_session_sends_an_expired_one_to_be_refreshed_and_back() {
    let world = World::empty();
    logs_in(&world);
    for (path, encoded) in
        [("/books/whale/3", "%2Fbooks%2Fwhale%2F3"), ("/books/whale/2?x=1&y=2", "%2Fbooks%2Fwhale%2F2%3Fx%3D1%26y%3D2")]
    {
        let first = world.get_as_browser(path, &expired(&world));
        let target = format!("/v1/auth/continue?next={encoded}");
        assert_eq!((first.status, first.header("location")), (303, target.as_str()));
        assert_eq!(first.header("cache-control"), "no-store");
        let second = world.get_with(&target, &[("cookie", "aw_refresh=refresh-1")]);
        assert_eq!((second.status, second.header("location")), (303, path));
        assert_eq!(world.origin.last().body, r#"{"refreshToken":"refresh-1"}"#);
        let third = world.get_as_browser(path, second.cookie("aw_access").unwrap());
        assert_eq!(third.status, 200);
    }
}

#[test]
fn what_is_free_needs_no_refresh_and_programs_get_no_redirect() {
    let world = World::published();
    assert_eq!(world.get_as_browser("/books/whale/1", &expired(&world)).status, 200);
    assert_eq!(world.get_as_browser("/v1/books/whale/chapters/3", &expired(&world)).status, 402);
    assert_eq!(
        world.get_as("/books/whale/3", &expired(&world)).status,
        401,
        "a Bearer token is the program's own affair"
    );
}

#[test]
fn a_session_that_is_over_ends_at_the_paywall_and_not_in_a_circle() {
    let world = World::empty();
    world.origin.on(|_| answer(401, "{}"));
    for cookie in ["aw_refresh=dead", "theme=dark", "aw_refresh="] {
        let reply = world.get_with("/v1/auth/continue?next=%2Fbooks%2Fwhale%2F3", &[("cookie", cookie)]);
        assert_eq!((reply.status, reply.header("location")), (303, "/books/whale/3"), "{cookie}");
        assert_eq!((reply.cookie("aw_access"), reply.cookie("aw_refresh")), (Some(""), Some("")));
    }
    assert_eq!(world.get("/books/whale/3").status, 402, "without the cookie: the paywall");
}

#[test]
fn it_continues_on_this_site_only() {
    let world = World::empty();
    logs_in(&world);
    for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", ""] {
        let reply = world.get_with(&format!("/v1/auth/continue?next={next}"), &[("cookie", "aw_refresh=r")]);
        assert_eq!(reply.header("location"), "/", "{next}");
    }
}

#[test]
fn a_token_that_this_edge_cannot_verify_yet_is_a_503_and_not_a_circle() {
    let world = World::empty();
    let token = sign("press", "k3", &world.press.claims(&[]));
    world.origin.on(move |_| answer(200, &tokens(&token)));
    let reply = world.get_with("/v1/auth/continue?next=/", &[("cookie", "aw_refresh=r")]);
    assert_eq!((reply.status, reply.cookies().len()), (503, 0));
    assert!(reply.has("retry-after"));
}

#[test]
fn without_the_origin_it_says_so_and_keeps_the_session() {
    let world = World::published();
    let reply = world.get_with("/v1/auth/continue?next=/", &[("cookie", "aw_refresh=r")]);
    assert_eq!((reply.status, reply.cookies().len()), (503, 0));
}

#[test]
fn the_login_page_continues_a_session_before_it_asks_for_a_password() {
    let world = World::published();
    let reply = world.get_as_browser("/login?next=%2Fbooks%2Fwhale%2F3", &expired(&world));
    assert_eq!(reply.header("location"), "/v1/auth/continue?next=%2Flogin%3Fnext%3D%252Fbooks%252Fwhale%252F3");
}
