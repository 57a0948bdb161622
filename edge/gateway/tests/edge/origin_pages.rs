//! Pages that the origin makes: the edge knows who asks, and that a form is ours.

use crate::world::{World, answer, form, request};

const PAGES: [&str; 7] =
    ["/verify", "/forgot", "/reset", "/confirm-email", "/subscribe", "/account/security", "/account/subscription"];

fn made(world: &World) {
    world.origin.on(|_| {
        let mut page = answer(200, "<p>made");
        let headers = page.headers_mut();
        headers.insert("content-type", "text/html; charset=utf-8".parse().unwrap());
        headers.insert("referrer-policy", "strict-origin".parse().unwrap());
        page
    });
}

/// How many pages the origin was asked for.
fn asked(world: &World) -> usize {
    world.origin.seen.borrow().iter().filter(|seen| seen.target.starts_with("/_aw/pages")).count()
}

#[test]
fn a_look_takes_the_token_for_the_form_along() {
    let world = World::empty();
    made(&world);
    for page in PAGES {
        let shown = world.get_with(&format!("{page}?token=a%26b"), &[("x-aw-csrf", "forged"), ("x-aw-user", "u-2")]);
        assert_eq!((shown.status, shown.text()), (200, "<p>made"), "{page}");
        assert_eq!(shown.header("referrer-policy"), "strict-origin", "what the origin says of its page stays");
        assert!(shown.header("content-security-policy").contains("default-src 'none'"));
        let seen = world.origin.last();
        assert_eq!(
            (seen.target.clone(), seen.method.clone()),
            (format!("/_aw/pages{page}?token=a%26b"), "GET".to_owned())
        );
        let csrf = shown.cookie("aw_csrf").expect("the cookie of the form");
        assert_eq!((seen.header("x-aw-csrf"), seen.header("x-aw-user")), (csrf, ""));
        let token = world.press.token(&[]);
        let shown = world.get_as_browser(page, &token);
        let seen = world.origin.last();
        assert_eq!((seen.header("x-aw-csrf"), seen.header("x-aw-user")), (shown.cookie("aw_csrf").unwrap(), "u-1"));
        assert!(seen.header("cookie").is_empty());
    }
}

#[test]
fn a_form_of_ours_goes_on_whole() {
    let world = World::empty();
    made(&world);
    let page = world.get("/forgot");
    let stranger = page.cookie("aw_csrf").unwrap().to_owned();
    let fields = [("csrf", stranger.as_str()), ("email", "a@b.c")];
    assert_eq!(world.send(form("/forgot", &format!("aw_csrf={stranger}"), &fields)).status, 200);
    let seen = world.origin.last();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/_aw/pages/forgot"));
    assert_eq!(
        (&seen.body[..], seen.header("x-aw-csrf")),
        (format!("csrf={stranger}&email=a%40b.c").as_bytes(), stranger.as_str())
    );
    let token = world.press.token(&[]);
    let csrf = world.get_as_browser("/subscribe", &token).cookie("aw_csrf").unwrap().to_owned();
    let mut send =
        form("/subscribe", &format!("aw_access={token}; aw_csrf={csrf}"), &[("csrf", &csrf), ("plan", "p-1")]);
    send.headers_mut().insert("user-agent", "Whale/1.0".parse().unwrap());
    assert_eq!(world.send(send).status, 200);
    let seen = world.origin.last();
    assert_eq!((seen.header("x-aw-user"), seen.header("user-agent")), ("u-1", "Whale/1.0"));
}

#[test]
fn a_form_that_is_not_ours_does_nothing() {
    let world = World::empty();
    made(&world);
    let token = world.press.token(&[]);
    for page in PAGES {
        for (cookie, field) in [("", ""), ("x.y", "x.y"), ("", "x")] {
            let refused = world.send(form(page, &format!("aw_csrf={cookie}"), &[("csrf", field)]));
            assert_eq!((refused.status, refused.header("content-type")), (403, "text/html; charset=utf-8"), "{page}");
        }
        let reader = form(page, &format!("aw_access={token}"), &[("plan", "p-1")]);
        assert_eq!(world.send(reader).status, 403, "{page}: a reader without the session's token");
        let mut put = form(page, "", &[]);
        *put.method_mut() = http::Method::PUT;
        let refused = world.send(put);
        assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD, POST"), "{page}");
        let json = request("POST", page).header("content-type", "application/json").body("{}".to_owned().into());
        assert_eq!(world.send(json.unwrap()).status, 415, "{page}");
    }
    assert_eq!(asked(&world), 0);
    for inside in ["/_aw/pages/verify", "/_aw/pages/subscribe"] {
        assert_eq!(world.get(inside).status, 404, "nobody asks there but an edge");
    }
}

#[test]
fn a_session_that_must_be_refreshed_is_refreshed_first() {
    let world = World::empty();
    made(&world);
    let token = world.press.token(&[]);
    world.advance(3600);
    let away = world.get_as_browser("/verify?token=abc", &token);
    assert_eq!((away.status, away.header("location")), (303, "/v1/auth/continue?next=%2Fverify%3Ftoken%3Dabc"));
    let away = world.send(form("/subscribe", &format!("aw_access={token}"), &[("plan", "p-1")]));
    assert_eq!((away.status, away.header("location")), (303, "/v1/auth/continue?next=%2Fsubscribe"));
    assert_eq!(asked(&world), 0);
}

#[test]
fn who_tries_too_often_waits_and_without_the_origin_a_page_says_so() {
    let world = World::published();
    let page = world.get("/forgot");
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
    let csrf = page.cookie("aw_csrf").map(str::to_owned);
    assert_eq!(csrf, None, "no form, no token");
    let world = World::empty();
    made(&world);
    let csrf = world.get("/forgot").cookie("aw_csrf").unwrap().to_owned();
    let send = || world.send(form("/forgot", &format!("aw_csrf={csrf}"), &[("csrf", &csrf), ("email", "a@b.c")]));
    assert!((0..30).all(|_| send().status == 200));
    let slow = send();
    assert_eq!((slow.status, slow.header("retry-after")), (429, "2"));
}
