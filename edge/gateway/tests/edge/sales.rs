//! What is sold, without JavaScript; and what the provider of payments tells, untouched.

use aw_platform::{Body, http};

use crate::world::{World, answer, request, with};

const PLANS: &str = r#"{"data":[
    {"id":"p-1","name":"Gold <b>","description":"All","grants":"tier:gold","interval":"month","amount":500,"currency":"EUR","trialDays":7},
    {"id":"p-2","name":"Book","description":"","grants":"book:b-1","interval":"once","amount":900,"currency":"JPY","trialDays":0}
]}"#;
const NOTHING: &str = r#"{"data":{"entitlements":[{"entitlement":"tier:gold","expiresAt":null}],"subscriptions":[
    {"grants":"tier:gold","status":"active","periodEnd":"2026-12-24T10:00:00.000Z","cancelAtPeriodEnd":true}]}}"#;

fn origin(world: &World) {
    world.origin.on(|seen| match (seen.method.as_str(), seen.target.split('?').next().unwrap_or_default()) {
        ("GET", "/v1/plans") => answer(200, PLANS),
        ("GET", "/v1/me/subscription") => answer(200, NOTHING),
        ("GET", "/v1/me/purchases") => answer(200, r#"{"data":[{"grants":"tier:gold","amount":500,"currency":"EUR","giftCode":"ABCD","giftRedeemedAt":null}]}"#),
        ("POST", "/v1/checkouts") if String::from_utf8_lossy(&seen.body).contains("p-1") => {
            answer(201, r#"{"data":{"url":"https://pay.example/s?a=1&b=2"}}"#)
        }
        ("POST", "/v1/portal-sessions") => answer(201, r#"{"data":{"url":"https://pay.example/portal"}}"#),
        ("POST", "/v1/gifts/redemptions") => answer(404, r#"{"error":{"message":"there is no gift with this code"}}"#),
        _ => answer(409, r#"{"error":{"message":"you have this already"}}"#),
    });
}

fn csrf(text: &str) -> String {
    let start = text.find("name=\"csrf\" value=\"").expect("a form") + 19;
    text[start..].split('"').next().expect("a value").to_owned()
}

fn post(world: &World, path: &str, token: &str, fields: &[(&str, &str)]) -> crate::world::Reply {
    world.send(crate::world::form(path, &format!("aw_access={token}"), fields))
}

#[test]
fn the_paywall_leads_to_what_opens_it() {
    let world = World::published();
    let page = world.get("/books/whale/3");
    assert_eq!(page.status, 402);
    let start = page.text().find("/subscribe?tier=gold&amp;book=").expect("a link");
    let link = page.text()[start..].split('"').next().expect("an address").replace("&amp;", "&");
    let world = World::empty();
    origin(&world);
    let offers = world.get(&link);
    assert_eq!(offers.status, 200);
    assert!(offers.text().contains("Gold &lt;b&gt;") && offers.text().contains("5.00 EUR"), "{}", offers.text());
    assert!(offers.text().contains("/login?next=%2Fsubscribe") && !offers.text().contains("<script"));
}

#[test]
fn buying_takes_a_login_and_a_form_of_ours() {
    let world = World::empty();
    origin(&world);
    let token = world.press.token(&[]);
    let page = world.get_as_browser("/subscribe?next=%2Fbooks%2Fwhale%2F3", &token);
    assert!(page.text().contains("900 JPY") && page.text().contains("value=\"/books/whale/3\""), "{}", page.text());
    let csrf = csrf(page.text());
    let fields = [("csrf", csrf.as_str()), ("plan", "p-1"), ("next", "/books/whale/3"), ("coupon", " HALF ")];
    let gone = post(&world, "/subscribe", &token, &fields);
    assert_eq!((gone.status, gone.header("refresh")), (200, "0; url=https://pay.example/s?a=1&b=2"));
    assert!(gone.text().contains("https://pay.example/s?a=1&amp;b=2"));
    let asked = world.origin.last();
    let body = r#"{"planId":"p-1","coupon":"HALF","gift":false,"returnTo":"/books/whale/3"}"#;
    assert_eq!((asked.header("x-aw-user"), &asked.body[..]), ("u-1", body.as_bytes()));
    let refused = post(&world, "/subscribe", &token, &[("csrf", &csrf), ("plan", "p-2"), ("next", "//evil.example")]);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("you have this already") && !refused.text().contains("evil"));
    let count = world.origin.count();
    assert_eq!(post(&world, "/subscribe", &token, &[("plan", "p-1")]).status, 403);
    let stranger = world.send(crate::world::form("/subscribe", "", &[("plan", "p-1")]));
    assert_eq!((stranger.status, stranger.header("location")), (303, "/login?next=%2Fsubscribe"));
    assert_eq!(world.origin.count(), count);
}

#[test]
fn a_reader_sees_what_they_have_and_goes_to_the_portal() {
    let world = World::empty();
    origin(&world);
    let token = world.press.token(&["tier:gold"]);
    let away = world.get("/account/subscription");
    assert_eq!((away.status, away.header("location")), (303, "/login?next=%2Faccount%2Fsubscription"));
    let page = world.get_as_browser("/account/subscription", &token);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("ends on") && page.text().contains("2026-12-24") && page.text().contains("ABCD"));
    let csrf = csrf(page.text());
    let portal = post(&world, "/account/subscription", &token, &[("csrf", &csrf), ("do", "portal")]);
    assert_eq!(portal.header("refresh"), "0; url=https://pay.example/portal");
    let code = post(&world, "/account/subscription", &token, &[("csrf", &csrf), ("do", "redeem"), ("code", "X")]);
    assert_eq!(code.status, 404);
    assert!(code.text().contains("there is no gift with this code"));
    world.origin.up.set(false);
    assert_eq!(world.get_as_browser("/account/subscription", &token).status, 503);
    let wrong = world.send(request("PUT", "/subscribe").body(Body::Empty).unwrap());
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD, POST"));
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
