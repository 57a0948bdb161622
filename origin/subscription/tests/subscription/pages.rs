//! The pages that sell, as an edge asks for them.

use aw_origin_harness::{Answer, Who, World};
use serde_json::json;

use crate::{Reader, gold, make, text, till::Till};

fn look(world: &World, who: &Who, path: &str) -> Answer {
    world.get(&who.clone().with("x-aw-csrf", "c-1"), &format!("/_aw/pages{path}"))
}

fn press(world: &World, who: &Who, path: &str, form: &str) -> Answer {
    let fields = [("content-type", "application/x-www-form-urlencoded")];
    let who = who.clone().with("x-aw-csrf", "c-1");
    world.ask(&who, "POST", &format!("/_aw/pages{path}"), &fields, form.as_bytes())
}

fn html(answer: Answer) -> String {
    String::from_utf8(answer.body).expect("UTF-8")
}

#[test]
fn what_can_be_bought_is_shown_and_bought() {
    let till = Till::new("offers");
    let (world, tenant) = (&till.world, &till.tenant);
    gold(world, tenant);
    let plan = json!({
        "name": "Gold <b>", "description": "All", "grants": "tier:gold", "interval": "month",
        "amount": 500, "currency": "EUR", "trialDays": 7,
    });
    let plan = make(world, tenant, "/v1/plans", &plan);
    let stranger = Who::stranger(tenant, [192, 0, 2, 1].into());
    let offers = html(look(world, &stranger, "/subscribe?tier=gold&next=%2Fbooks%2Fwhale%2F3").expect(200));
    assert!(offers.contains("Gold &lt;b&gt;") && offers.contains("5.00 EUR"), "{offers}");
    assert!(offers.contains("/login?next=%2Fsubscribe%3Ftier%3Dgold%26next%3D"), "{offers}");
    let ada = Reader::new(world, tenant, "ada");
    let offers = html(look(world, &ada.who, "/subscribe?next=%2Fbooks%2Fwhale%2F3").expect(200));
    assert!(offers.contains("value=\"/books/whale/3\"") && offers.contains("name=\"csrf\" value=\"c-1\""), "{offers}");
    let form = format!("csrf=c-1&plan={}&next=%2Fbooks%2Fwhale%2F3", text(&plan, "id"));
    let away = press(world, &stranger, "/subscribe", &form).expect(303);
    assert_eq!(away.headers["location"], "/login?next=%2Fsubscribe");
    let gone = press(world, &ada.who, "/subscribe", &form).expect(200);
    let refresh = gone.headers["refresh"].to_str().expect("ASCII").to_owned();
    let (status, back) = till.post(refresh.strip_prefix("0; url=").expect("a page to pay at"), &[("card", "good")]);
    assert_eq!(status, 303);
    assert!(back.contains("%2Fbooks%2Fwhale%2F3"), "{back}");
    // The reader is back before the provider's word is.
    let back = &back[back.find("/subscribe?checkout=").expect("a page of ours")..];
    let away = look(world, &stranger, back).expect(303);
    assert!(away.headers["location"].to_str().expect("ASCII").starts_with("/login?next=%2Fsubscribe%3Fcheckout%3D"));
    let other = Reader::new(world, tenant, "eve");
    let _ = look(world, &other.who, back).expect(404);
    let mut waiting = look(world, &ada.who, back).expect(200);
    let refresh = |page: &Answer| page.headers.get("refresh").map(|to| to.to_str().expect("ASCII").to_owned());
    for look_again in 1..=30 {
        let again = refresh(&waiting).expect("it looks again by itself");
        assert!(again.starts_with("1; url=/subscribe?checkout=") && again.ends_with(&format!("&looks={look_again}")));
        waiting = look(world, &ada.who, &again["1; url=".len()..]).expect(200);
    }
    assert_eq!(refresh(&waiting), None, "a provider that says nothing is not waited for without end");
    till.tell_all();
    let renewed = look(world, &ada.who, back).expect(303);
    assert_eq!(renewed.headers["location"], "/v1/auth/continue?next=%2Fbooks%2Fwhale%2F3");
    // What the routes refuse is said on the page, and nothing of another site comes back.
    let refused = press(world, &ada.who, "/subscribe", "plan=nothing&next=%2F%2Fevil.example");
    assert!((400..500).contains(&refused.status));
    let refused = html(refused);
    assert!(refused.contains("role=\"alert\"") && !refused.contains("evil"), "{refused}");
}

#[test]
fn a_reader_sees_what_they_have_and_goes_to_the_portal() {
    let till = Till::new("having");
    let (world, tenant) = (&till.world, &till.tenant);
    gold(world, tenant);
    let plan = json!({ "name": "Gold", "grants": "tier:gold", "interval": "month", "amount": 500, "currency": "EUR" });
    let plan = make(world, tenant, "/v1/plans", &plan);
    let ada = Reader::new(world, tenant, "ada");
    let stranger = Who::stranger(tenant, [192, 0, 2, 1].into());
    let away = look(world, &stranger, "/account/subscription").expect(303);
    assert_eq!(away.headers["location"], "/login?next=%2Faccount%2Fsubscription");
    till.buy(&ada, &json!({ "planId": text(&plan, "id") }), "good");
    till.tell_all();
    let page = html(look(world, &ada.who, "/account/subscription").expect(200));
    assert!(page.contains("gold") && page.contains("c-1"), "{page}");
    let portal = press(world, &ada.who, "/account/subscription", "csrf=c-1&do=portal").expect(200);
    assert!(portal.headers["refresh"].to_str().expect("ASCII").starts_with("0; url=http"));
    let code = press(world, &ada.who, "/account/subscription", "do=redeem&code=X").expect(404);
    assert!(html(code).contains("role=\"alert\""));
    let gift = make(world, tenant, "/v1/gifts", &json!({ "grants": "tier:gold", "months": 1, "note": "" }));
    let form = format!("do=redeem&code={}", text(&gift, "code"));
    let redeemed = press(world, &ada.who, "/account/subscription", &form).expect(303);
    assert_eq!(redeemed.headers["location"], "/v1/auth/continue?next=%2Faccount%2Fsubscription");
}
