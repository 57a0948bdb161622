//! Tiers, plans and coupons.

use std::net::Ipv4Addr;

use aw_origin_harness::{Who, World};
use serde_json::json;

use crate::{change, gold, make, text};

#[test]
fn a_tier_is_put_sold_and_kept_while_it_is_sold() {
    let world = World::new(&[]);
    let tenant = world.tenant("tiers");
    let operator = Who::operator(&tenant);
    let plan = gold(&world, &tenant);
    let tier = world.get(&operator, "/v1/tiers/gold").expect(200);
    assert_eq!(tier.data()["name"], "Gold");
    // Replacing what one has not seen is refused, and so is what somebody else has changed.
    let body = json!({ "name": "Golden", "description": "All of it", "position": 2 });
    assert_eq!(world.json(&operator, "PUT", "/v1/tiers/gold", &body).status, 428);
    let renamed = change(&world, &tenant, ("PUT", "/v1/tiers/gold"), &tier.etag(), &body).expect(200);
    assert_eq!(renamed.data()["description"], "All of it");
    assert_eq!(change(&world, &tenant, ("PUT", "/v1/tiers/gold"), &tier.etag(), &body).status, 412);
    assert_eq!(change(&world, &tenant, ("PUT", "/v1/tiers/new"), "\"1\"", &body).status, 412);
    for slug in ["Gold", "-", "a%20b"] {
        let answer = world.json(&operator, "PUT", &format!("/v1/tiers/{slug}"), &body);
        assert_eq!(answer.code(), "SUBSCRIPTION_TIER_INVALID", "{slug}");
    }
    let remove = || change(&world, &tenant, ("DELETE", "/v1/tiers/gold"), "*", &json!({}));
    assert_eq!(remove().expect(409).code(), "SUBSCRIPTION_TIER_SOLD");
    world.sql(&tenant, &format!("DELETE FROM plans WHERE id = '{}'", text(&plan, "id")));
    let _ = remove().expect(204);
    assert_eq!(world.get(&operator, "/v1/tiers/gold").status, 404);
    assert_eq!(world.get(&operator, "/v1/tiers").data(), json!([]));
}

#[test]
fn a_plan_sells_what_there_is_at_a_price_that_can_be() {
    let world = World::new(&[]);
    let tenant = world.tenant("plans");
    let operator = Who::operator(&tenant);
    let plan = gold(&world, &tenant);
    let book = world.json(&operator, "POST", "/v1/books", &json!({ "title": "A Book", "language": "en" })).expect(201);
    let book = text(&book.data()["book"], "id").to_owned();
    let good = json!({ "name": "Book", "grants": format!("book:{book}"), "interval": "once", "amount": 900,
        "currency": "USD" });
    let sold = make(&world, &tenant, "/v1/plans", &good);
    let with = |name: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for bad in [
        with("grants", json!("tier:silver")),
        with("grants", json!("book:01890000-0000-7000-8000-000000000000")),
        with("grants", json!("gold")),
        with("interval", json!("month")),
        with("amount", json!(0)),
        with("amount", json!(100_000_000)),
        with("currency", json!("eur")),
        with("currency", json!("XXX")),
        with("trialDays", json!(7)),
        with("name", json!("")),
        with("name", json!("a\nb")),
    ] {
        let answer = world.json(&operator, "POST", "/v1/plans", &bad);
        assert_eq!(answer.expect(422).code(), "SUBSCRIPTION_PLAN_INVALID", "{bad}");
    }
    assert_eq!(world.json(&operator, "POST", "/v1/plans", &with("colour", json!(1))).status, 400);

    // What is changed needs the version, and does not touch what others see until it is sold again.
    let target = format!("/v1/plans/{}", text(&plan, "id"));
    let etag = world.get(&operator, &target).expect(200).etag();
    assert_eq!(world.json(&operator, "PATCH", &target, &json!({ "amount": 700 })).status, 428);
    let changed = change(&world, &tenant, ("PATCH", &target), &etag, &json!({ "amount": 700, "active": false }));
    assert_eq!(changed.expect(200).data()["amount"], 700);
    assert_eq!(change(&world, &tenant, ("PATCH", &target), &etag, &json!({ "amount": 1 })).status, 412);
    let trial = change(&world, &tenant, ("PATCH", &target), "*", &json!({ "trialDays": 400 }));
    assert_eq!(trial.expect(422).code(), "SUBSCRIPTION_PLAN_INVALID");

    // A reader sees what can be bought, and nothing else.
    let stranger = Who::stranger(&tenant, Ipv4Addr::LOCALHOST.into());
    let seen = world.get(&stranger, "/v1/plans").expect(200).data();
    assert_eq!((seen.as_array().map(Vec::len), &seen[0]["id"]), (Some(1), &sold["id"]));
    assert_eq!(world.get(&stranger, &target).status, 401);
    assert_eq!(world.get(&stranger, "/v1/plans?inactive=true").status, 401);
    let all = world.get(&operator, "/v1/plans?inactive=true&limit=1").expect(200).json();
    let next = text(&all["pagination"], "nextCursor");
    let rest = world.get(&operator, &format!("/v1/plans?inactive=true&cursor={next}")).expect(200).data();
    assert_eq!(rest[0]["id"], sold["id"]);
    let author = stranger.user("01890000-0000-7000-8000-000000000000", "author,reader");
    assert_eq!(world.json(&author, "POST", "/v1/plans", &good).status, 403);
}

#[test]
fn a_plan_is_made_once_for_a_key() {
    let world = World::new(&[]);
    let tenant = world.tenant("plan-once");
    gold(&world, &tenant);
    let body = json!({ "name": "Year", "grants": "tier:gold", "interval": "year", "amount": 5000, "currency": "EUR",
        "trialDays": 14 })
    .to_string();
    let fields = [("content-type", "application/json"), ("idempotency-key", "k-1")];
    let ask = |body: &str| world.ask(&Who::operator(&tenant), "POST", "/v1/plans", &fields, body.as_bytes());
    let first = ask(&body).expect(201).data();
    assert_eq!(ask(&body).expect(201).data(), first);
    assert_eq!(ask(&body.replace("5000", "5001")).expect(422).code(), "REQUEST_IDEMPOTENCY_KEY_REUSED");
    assert_eq!(world.sql(&tenant, "SELECT count(*) FROM plans"), ["2"]);
}

#[test]
fn a_coupon_is_a_percentage_or_an_amount() {
    let world = World::new(&[]);
    let tenant = world.tenant("coupons");
    let operator = Who::operator(&tenant);
    let plan = gold(&world, &tenant);
    let half = make(&world, &tenant, "/v1/coupons", &json!({ "code": "half-off", "percent": 50, "duration": "once" }));
    assert_eq!((text(&half, "code"), half["redemptions"].as_i64()), ("HALF-OFF", Some(0)));
    let coupon = json!({ "code": "three", "amount": 300, "currency": "EUR", "duration": "repeating", "months": 3,
        "maxRedemptions": 2, "planId": plan["id"], "expiresAt": "2099-01-01T00:00:00Z" });
    let three = make(&world, &tenant, "/v1/coupons", &coupon);
    assert_eq!(three["expiresAt"], "2099-01-01T00:00:00.000Z");
    let again = world.json(&operator, "POST", "/v1/coupons", &coupon).expect(409);
    assert_eq!(again.code(), "SUBSCRIPTION_COUPON_TAKEN");
    for bad in [
        json!({ "code": "x", "percent": 50, "duration": "once" }),
        json!({ "code": "xyz", "duration": "once" }),
        json!({ "code": "xyz", "percent": 50, "amount": 3, "currency": "EUR", "duration": "once" }),
        json!({ "code": "xyz", "percent": 101, "duration": "once" }),
        json!({ "code": "xyz", "amount": 3, "duration": "once" }),
        json!({ "code": "xyz", "percent": 50, "duration": "repeating" }),
        json!({ "code": "xyz", "percent": 50, "duration": "once", "months": 2 }),
        json!({ "code": "xyz", "percent": 50, "duration": "once", "expiresAt": "2026-02-30T00:00:00Z" }),
        json!({ "code": "xyz", "percent": 50, "duration": "once", "planId": "x" }),
        json!({ "code": "xyz", "percent": 50, "duration": "once", "maxRedemptions": 0 }),
    ] {
        let answer = world.json(&operator, "POST", "/v1/coupons", &bad).expect(422);
        assert_eq!(answer.code(), "SUBSCRIPTION_COUPON_INVALID", "{bad}");
    }
    let target = format!("/v1/coupons/{}", text(&three, "id"));
    let off = change(&world, &tenant, ("PATCH", &target), "\"1\"", &json!({ "active": false })).expect(200);
    assert_eq!(off.data()["active"], false);
    assert_eq!(change(&world, &tenant, ("PATCH", &target), "\"1\"", &json!({ "active": true })).status, 412);
}
