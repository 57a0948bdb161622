//! Where mailed links lead.

use crate::world::{Reply, World, answer, form};

const TOKEN: &str = "AbCdEfGhIjKlMnOpQrStUvWxYz-_0123456789abcde";

fn taken(world: &World) {
    world.origin.on(|seen| match seen.target.as_str() {
        "/v1/auth/verify" | "/v1/auth/email/confirm" => answer(200, r#"{"data":{},"meta":{}}"#),
        "/v1/auth/password/forgot" | "/v1/account/verification" => answer(202, r#"{"data":{},"meta":{}}"#),
        "/v1/auth/password/reset" => answer(204, ""),
        _ => answer(404, "{}"),
    });
}

fn asked(world: &World) -> usize {
    world.origin.seen.borrow().iter().filter(|seen| seen.target.starts_with("/v1/")).count()
}

/// Opens the page and presses its button.
fn press(world: &World, path: &str, fields: &[(&str, &str)]) -> Reply {
    let page = world.get(path);
    let csrf = page.cookie("aw_csrf").expect("the cookie of the form").to_owned();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    world.send(form(path.split('?').next().unwrap(), &format!("aw_csrf={csrf}"), &all))
}

#[test]
fn a_link_is_followed_by_a_press_and_not_by_a_look() {
    let world = World::empty();
    taken(&world);
    for (page, target) in [("/verify", "/v1/auth/verify"), ("/confirm-email", "/v1/auth/email/confirm")] {
        let path = format!("{page}?token={TOKEN}");
        let before = asked(&world);
        let shown = world.get(&path);
        assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"));
        assert_eq!(shown.header("referrer-policy"), "no-referrer");
        assert!(
            shown.text().contains(&format!("name=\"token\" value=\"{TOKEN}\"")) && shown.text().contains("noindex")
        );
        assert_eq!(asked(&world), before, "a look asks the origin for nothing");
        let done = press(&world, &path, &[("token", TOKEN)]);
        assert_eq!(done.status, 200);
        assert!(done.text().contains("role=\"status\""), "{}", done.text());
        let seen = world.origin.last();
        assert_eq!((seen.target.as_str(), seen.method.as_str()), (target, "POST"));
        assert_eq!(seen.body, format!(r#"{{"token":"{TOKEN}"}}"#));
        assert_eq!(seen.header("x-aw-tenant"), world.press.tenant.id);
    }
}

#[test]
fn a_password_is_forgotten_and_set() {
    let world = World::empty();
    taken(&world);
    let done = press(&world, "/forgot", &[("email", "a@b.c")]);
    assert!(done.status == 200 && done.text().contains("If there is an account"));
    assert_eq!(world.origin.last().body, r#"{"email":"a@b.c"}"#);
    let fields = [("token", TOKEN), ("password", "a new password"), ("email", "ignored@b.c")];
    let done = press(&world, &format!("/reset?token={TOKEN}"), &fields);
    assert!(done.status == 200 && done.text().contains("href=\"/login\""));
    assert_eq!(world.origin.last().body, format!(r#"{{"token":"{TOKEN}","password":"a new password"}}"#));
    assert!(world.get("/login").text().contains("href=\"/forgot\""));
}

#[test]
fn what_the_origin_refuses_is_said_in_the_form() {
    let world = World::empty();
    world.origin.on(|_| {
        answer(400, r#"{"error":{"code":"AUTH_LINK_INVALID","message":"this link <i>is</i> old","requestId":"r"}}"#)
    });
    let fields = [("token", TOKEN), ("password", "a new password")];
    let reply = press(&world, &format!("/reset?token={TOKEN}"), &fields);
    assert_eq!(reply.status, 400);
    let text = reply.text();
    assert!(text.contains("role=\"alert\"") && text.contains("this link &lt;i&gt;is&lt;/i&gt; old"), "{text}");
    assert!(!text.contains("a new password") && text.contains(TOKEN));
    let world = World::published();
    let page = press(&world, "/forgot", &[("email", "a@b.c")]);
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
}

#[test]
fn a_form_that_is_not_ours_does_nothing() {
    let world = World::empty();
    taken(&world);
    for page in ["/verify", "/forgot", "/reset", "/confirm-email"] {
        for (cookie, field) in [("", ""), ("x.y", "x.y"), ("", "x")] {
            let fields = [("csrf", field), ("token", TOKEN), ("email", "a@b.c"), ("password", "a new password")];
            assert_eq!(world.send(form(page, &format!("aw_csrf={cookie}"), &fields)).status, 403, "{page}");
        }
        let mut reader = form(page, &format!("aw_access={}", world.press.token(&[])), &[("token", TOKEN)]);
        assert_eq!(world.send(reader).status, 403, "{page}: a reader without the session's token");
        reader = form(page, "", &[("token", TOKEN)]);
        *reader.method_mut() = http::Method::PUT;
        assert_eq!(world.send(reader).status, 405, "{page}");
    }
    assert_eq!(asked(&world), 0);
    // What no link of ours carries is not shown again.
    let page = world.get("/verify?token=%22%3E%3Cscript%3E");
    assert!(page.status == 200 && !page.text().contains("script") && !page.text().contains("name=\"token\""));
}

#[test]
fn who_is_logged_in_can_have_the_mail_again() {
    let world = World::empty();
    taken(&world);
    let token = world.press.token(&[]);
    let account = world.get_as_browser("/login", &token);
    assert!(!account.text().contains("action=\"/verify\""), "it is proved already");
    let page = world.get_as_browser("/verify", &token);
    assert!(page.text().contains("Send the mail again") && page.cookies().is_empty());
    let csrf = account.cookie("aw_csrf").unwrap().to_owned();
    assert!(page.text().contains(&csrf), "the session's own token");
    let mut send = form("/verify", &format!("aw_access={token}; aw_csrf={csrf}"), &[("csrf", &csrf)]);
    send.headers_mut().insert("user-agent", "Whale/1.0".parse().unwrap());
    assert_eq!(world.send(send).status, 200);
    let seen = world.origin.last();
    assert_eq!((seen.target.as_str(), seen.header("user-agent")), ("/v1/account/verification", "Whale/1.0"));
    assert!(!seen.header("x-aw-user").is_empty());
    assert!(world.get("/verify").text().contains("/login?next=%2Fverify"));
}
