//! Logging in with an identity provider, as a browser does.

use crate::{
    cookies::tokens,
    world::{World, answer},
};

const STARTED: &str =
    r#"{"data":{"url":"https://accounts.example/authorize?state=s-1","browser":"b-1","expiresIn":600}}"#;
const BACK: &str = "/v1/auth/oidc/campus/callback?code=c%261&state=s-1&iss=https%3A%2F%2Faccounts.example";

#[test]
fn the_login_page_offers_what_the_tenant_has() {
    let world = World::empty();
    assert!(!world.get("/login").text().contains("/login/oidc/"));
    world.tenant(|tenant| {
        let (name, label) = ("campus".into(), "Campus <b>".into());
        tenant.providers = vec![aw_model::tenant::LoginProvider { name, label }];
    });
    world.advance(3600);
    let page = world.get("/login?next=%2Fbooks%2Fwhale");
    let link = "<a href=\"/login/oidc/campus?next=%2Fbooks%2Fwhale\">Log in with Campus &lt;b&gt;</a>";
    assert!(page.text().contains(link), "{}", page.text());
}

#[test]
fn a_browser_goes_to_the_provider_and_comes_back_to_its_book() {
    let world = World::empty();
    world.origin.on(|_| answer(200, STARTED));
    let away = world.get("/login/oidc/campus?next=%2Fbooks%2Fwhale");
    assert_eq!((away.status, away.header("location")), (303, "https://accounts.example/authorize?state=s-1"));
    assert_eq!((away.cookie("aw_oidc"), away.cookie("aw_access")), (Some("b-1"), None));
    let seen = world.origin.last();
    let expected = ("/v1/auth/oidc/campus/start", &br#"{"next":"/books/whale"}"#[..]);
    assert_eq!((seen.target.as_str(), &seen.body[..]), expected);

    let made = tokens(&world.press.token(&[])).replacen("{\"data\":{", "{\"data\":{\"next\":\"/books/whale\",", 1);
    world.origin.on(move |_| answer(200, &made));
    let back = world.get_with(BACK, &[("cookie", "aw_oidc=b-1")]);
    assert_eq!((back.status, back.header("location")), (303, "/books/whale"));
    assert!(back.cookie("aw_access").is_some());
    assert_eq!(back.cookie("aw_oidc"), Some(""), "forgotten");
    let seen = world.origin.last();
    let body = br#"{"code":"c&1","state":"s-1","browser":"b-1","iss":"https://accounts.example"}"#;
    assert_eq!((seen.target.as_str(), &seen.body[..]), ("/v1/auth/oidc/campus/finish", &body[..]));
}

#[test]
fn what_goes_wrong_there_is_said_on_the_login_page() {
    let world = World::empty();
    let denied =
        world.get_with("/v1/auth/oidc/campus/callback?error=access_denied&state=s", &[("cookie", "aw_oidc=b")]);
    assert!(denied.status == 401 && denied.text().contains("You did not log in there."), "{}", denied.text());
    let count = world.origin.count();
    // Without the cookie it is another browser's: nothing is asked.
    let other = world.get(BACK);
    assert_eq!((other.status, world.origin.count()), (401, count));
    let body = r#"{"error":{"code":"AUTH_PROVIDER_ACCOUNT_UNPROVED","message":"prove it <first>","requestId":"r"}}"#;
    world.origin.on(move |_| answer(409, body));
    let refused = world.get_with(BACK, &[("cookie", "aw_oidc=b-1")]);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("prove it &lt;first&gt;") && refused.cookie("aw_access").is_none());
    let unknown = world.get("/login/oidc/nowhere");
    assert_eq!(unknown.status, 409);
    // A second factor is asked for after a provider, too.
    let challenge = r#"{"data":{"challenge":"c-9","factors":["totp"],"expiresIn":300,"next":"/books/whale"}}"#;
    world.origin.on(move |_| answer(200, challenge));
    let page = world.get_with(BACK, &[("cookie", "aw_oidc=b-1")]);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("value=\"c-9\"") && page.text().contains("value=\"/books/whale\""), "{}", page.text());
}
