//! Logging in with an identity provider, there and back, in a browser.

use aw_identity::{CLIENT, SECRET};
use serde_json::json;

use super::{
    answer::{data, has_status, refused, same, shows, soon, text},
    book::Book,
    browser::{Browser, Page},
    person::Person,
    place::{PRESS, Place},
};
use crate::suites::checks::Verdict;

/// Its name in addresses.
const NAME: &str = "campus";
/// Who logs in there, as the press knows them.
const ADDRESS: &str = "ada@example.org";

/// The owner names the provider, whose documents the origin reads, and the login page offers it.
pub(super) fn named(place: &Place, owner: &mut Person) -> Verdict {
    let path = format!("/v1/identity-providers/{NAME}");
    let mut body =
        json!({ "label": "Campus", "issuer": "http://127.0.0.1:9", "clientId": CLIENT, "clientSecret": SECRET });
    let json = [("content-type", "application/json")];
    let elsewhere = owner.ask("PUT", &path, &json, body.to_string().as_bytes())?;
    refused(&elsewhere, 422, "AUTH_PROVIDER_UNUSABLE")?;
    body["issuer"] = json!(place.provider.issuer());
    let made = owner.send("PUT", &path, &body, 201)?;
    same("whether it has a secret", &made["hasSecret"], &json!(true))?;
    let mut stranger = place.stranger(PRESS);
    soon(|| shows(&stranger.get("/login")?, 200, &["Log in with Campus", &format!("/login/oidc/{NAME}")]))
}

/// A browser on its way: where the provider sends it back to.
fn away(place: &Place, browser: &mut Browser, next: &str) -> Result<String, String> {
    let to = browser.get(&format!("/login/oidc/{NAME}?next={next}"))?.location()?;
    if !to.starts_with(&format!("{}/authorize?", place.provider.issuer())) {
        return Err(format!("the browser is sent to {to}"));
    }
    let back = browser.get(&to)?;
    has_status(&back.0, 302)?;
    let back = back.0.head.text("location").ok_or("the provider sends it nowhere")?;
    if back.starts_with(&format!("http://{}/v1/auth/oidc/{NAME}/callback?", place.host(PRESS))) {
        Ok(back)
    } else {
        Err(format!("the provider sends it to {back}"))
    }
}

/// Nobody is logged in, and the page says why.
fn nobody(browser: &mut Browser, page: &Page, why: &str) -> Verdict {
    page.shows(401, &[why])?;
    let known = data(&browser.get("/v1/auth/session")?.0, 200)?;
    same("whether somebody is logged in", &known["authenticated"], &json!(false))
}

/// From the login page to the provider and back to the book, with a session.
pub(super) fn login(place: &Place, book: &Book) -> Verdict {
    let book = format!("/books/{}", book.slug);
    let mut browser = Browser::new(place, PRESS);
    let back = away(place, &mut browser, &book)?;
    same("where the reader goes on to", &browser.get(&back)?.location()?, &book)?;
    if browser.cookies.contains_key("aw_oidc") || !browser.cookies.contains_key("aw_access") {
        return Err(format!("the cookies are {:?}", browser.cookies.keys()));
    }
    let known = data(&browser.get("/v1/auth/session")?.0, 200)?;
    same("whether the edge knows somebody", &known["authenticated"], &json!(true))?;
    let account = data(&browser.get("/v1/account")?.0, 200)?;
    same("who the origin knows", &(&account["email"], &account["emailVerified"]), &(&json!(ADDRESS), &json!(true)))?;
    same("how often a code was exchanged", &place.provider.asked("/token"), &1)?;
    // What brought somebody in brings nobody in again.
    let mut thief = Browser::new(place, PRESS);
    let again = thief.get(&back)?;
    nobody(&mut thief, &again, "That login did not come to its end")
}

/// Another state, another nonce, and a code that another login got: nobody is logged in.
pub(super) fn lies(place: &Place) -> Verdict {
    let mut browser = Browser::new(place, PRESS);
    let back = away(place, &mut browser, "/")?;
    let (begin, state) = back.split_once("state=").ok_or("it comes back without a state")?;
    let page = browser.get(&format!("{begin}state=x{}", &state[1..]))?;
    nobody(&mut browser, &page, "begin it anew")?;

    place.provider.set(|mood| mood.twist = |claims| claims["nonce"] = json!("another"));
    let back = away(place, &mut browser, "/")?;
    let page = browser.get(&back);
    place.provider.set(|mood| mood.twist = |_| {});
    nobody(&mut browser, &page?, "it answers another login")?;

    // The codes of two logins, crossed: the provider compares the verifier with the challenge (PKCE).
    let mut stranger = place.stranger(PRESS);
    let mut ask = |what: &str, body: serde_json::Value| {
        let path = format!("/v1/auth/oidc/{NAME}/{what}");
        stranger.ask("POST", &path, &[("content-type", "application/json")], body.to_string().as_bytes())
    };
    let mut begin = || {
        let begun = data(&ask("start", json!({}))?, 200)?;
        let (_, back) = place.provider.visit(text(&begun, "url")?)?;
        Ok::<_, String>(json!({ "code": back["code"], "state": back["state"], "browser": begun["browser"] }))
    };
    let (mut one, two) = (begin()?, begin()?);
    one["code"] = two["code"].clone();
    refused(&ask("finish", one.clone())?, 401, "AUTH_PROVIDER_CODE_REFUSED")?;
    refused(&ask("finish", one)?, 401, "AUTH_PROVIDER_STATE_INVALID")
}
