//! Gifts and comps: what they give is in the reader's next token, and what is taken back voids all of them.

use aw_origin_harness::{Who, World};
use serde_json::json;

use crate::{Reader, change, gold, make, text};

#[test]
fn a_gift_is_redeemed_once_and_can_be_taken_back() {
    let world = World::new(&[]);
    let tenant = world.tenant("gifts");
    gold(&world, &tenant);
    let mut ada = Reader::new(&world, &tenant, "ada");
    let bob = Reader::new(&world, &tenant, "bob");
    assert_eq!(ada.entitlements(&world), [""; 0]);
    let gift = make(&world, &tenant, "/v1/gifts", &json!({ "grants": "tier:gold", "months": 3, "note": "for Ada" }));
    let code = text(&gift, "code");
    let kept = world.sql(&tenant, "SELECT count(*) FROM idempotency");
    assert_eq!((code.len(), kept), (16, vec!["0".to_owned()]));
    let typed = format!("{} {}", code[..8].to_lowercase(), &code[8..]);
    let redeem = |who: &Who, code: &str| world.json(who, "POST", "/v1/gifts/redemptions", &json!({ "code": code }));
    assert_eq!(redeem(&ada.who, "0000000000000000").expect(404).code(), "SUBSCRIPTION_GIFT_NOT_FOUND");
    assert_eq!(redeem(&Who::operator(&tenant), code).expect(403).code(), "AUTH_ACCOUNT_REQUIRED");
    let held = redeem(&ada.who, &typed).expect(201).data();
    assert_eq!(text(&held, "entitlement"), "tier:gold");
    assert!(text(&held, "expiresAt") > "2026");
    assert_eq!(redeem(&bob.who, code).expect(409).code(), "SUBSCRIPTION_GIFT_REDEEMED");
    assert_eq!(ada.entitlements(&world), ["tier:gold"]);

    let target = format!("/v1/gifts/{}", text(&gift, "id"));
    let shown = world.get(&Who::operator(&tenant), &target).expect(200);
    assert_eq!((shown.data()["redeemedBy"].clone(), shown.data()["code"].clone()), (json!(ada.id), json!(code)));
    let listed = world.get(&Who::operator(&tenant), "/v1/gifts").expect(200).data();
    assert!(listed[0].get("code").is_none(), "{listed}");
    assert_eq!(change(&world, &tenant, ("DELETE", &target), "\"1\"", &json!({})).status, 412);
    let _ = change(&world, &tenant, ("DELETE", &target), &shown.etag(), &json!({})).expect(204);
    let void = world.sql(&tenant, &format!("SELECT tokens_void_until > 0 FROM users WHERE id = '{}'", ada.id));
    assert_eq!((void, ada.entitlements(&world)), (vec!["t".to_owned()], vec![]));
    let revoked = world.sql(&tenant, "SELECT count(*) FROM records WHERE key LIKE 'h/%' AND json LIKE '%\"user:%'");
    assert_eq!(revoked, ["1"], "the edges are told");
}

#[test]
fn a_comp_lasts_until_its_day_and_what_is_set_by_hand_stays() {
    let world = World::new(&[]);
    let tenant = world.tenant("comps");
    gold(&world, &tenant);
    let mut ada = Reader::new(&world, &tenant, "ada");
    let by_hand = json!({ "entitlements": ["tier:silver"] });
    let _ = world.json(&Who::operator(&tenant), "PATCH", &format!("/v1/users/{}", ada.id), &by_hand).expect(200);
    let body = json!({ "userId": ada.id, "grants": "tier:gold", "until": "2099-01-01T00:00:00Z", "reason": "press" });
    let comp = make(&world, &tenant, "/v1/comps", &body);
    assert_eq!(ada.entitlements(&world), ["tier:silver", "tier:gold"]);
    let user = world.get(&Who::operator(&tenant), &format!("/v1/users/{}", ada.id)).expect(200).data();
    assert_eq!(user["entitlements"], json!(["tier:silver"]), "what is set by hand is what a PATCH would set");
    for bad in [
        json!({ "userId": "x", "grants": "tier:gold" }),
        json!({ "userId": "01890000-0000-7000-8000-000000000000", "grants": "tier:gold" }),
        json!({ "userId": ada.id, "grants": "tier:nickel" }),
        json!({ "userId": ada.id, "grants": "tier:gold", "until": "tomorrow" }),
    ] {
        let answer = world.json(&Who::operator(&tenant), "POST", "/v1/comps", &bad).expect(422);
        assert_eq!(answer.code(), "SUBSCRIPTION_COMP_INVALID", "{bad}");
    }
    // One that is over already gives nothing.
    let over = json!({ "userId": ada.id, "grants": "tier:gold", "until": "2020-01-01T00:00:00Z" });
    make(&world, &tenant, "/v1/comps", &over);
    let target = format!("/v1/comps/{}", text(&comp, "id"));
    let _ = change(&world, &tenant, ("DELETE", &target), "*", &json!({})).expect(204);
    assert_eq!(ada.entitlements(&world), ["tier:silver"]);
}
