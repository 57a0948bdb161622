//! What is bought, renewed, cancelled and given back, through the sandbox.

use aw_origin_harness::Who;
use serde_json::{Value, json};

use crate::{Reader, gold, make, text, till::Till};

fn plan(plan: &Value) -> Value {
    json!({ "planId": plan["id"] })
}

#[test]
fn a_subscription_entitles_until_it_is_cancelled() {
    let till = Till::new("sub-cancel");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    let fields = [("content-type", "application/json"), ("idempotency-key", "c-1")];
    let ask = || till.world.ask(&ada.who, "POST", "/v1/checkouts", &fields, plan(&gold).to_string().as_bytes());
    let checkout = ask().expect(201).data();
    assert_eq!(ask().expect(201).data(), checkout, "once for a key");
    let target = format!("/v1/checkouts/{}", text(&checkout, "id"));
    assert_eq!(till.world.get(&ada.who, &target).expect(200).data()["status"], "open");
    assert_eq!(till.post(text(&checkout, "url"), &[("card", "declined")]).0, 402);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [""; 0], "nothing is paid yet");
    assert_eq!(till.post(text(&checkout, "url"), &[("card", "good")]).0, 303);
    till.tell_all();
    assert_eq!(till.world.get(&ada.who, &target).expect(200).data()["status"], "complete");
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"]);
    assert_eq!(till.checkout(&ada, &plan(&gold)).expect(409).code(), "SUBSCRIPTION_ALREADY_HELD");
    let mine = till.mine(&ada, "subscription");
    assert_eq!(
        (&mine["subscriptions"][0]["status"], &mine["subscriptions"][0]["planId"]),
        (&json!("active"), &gold["id"])
    );
    let invoices = till.mine(&ada, "invoices");
    assert_eq!((&invoices[0]["total"], &invoices[0]["status"]), (&json!(500), &json!("paid")));
    assert_eq!((&invoices[0]["lines"][0]["description"], &invoices[0]["currency"]), (&json!("Gold"), &json!("EUR")));

    // At the end of the period: still there, until then.
    let id = text(&till.subscription(), "id").to_owned();
    till.portal(&ada, &[("subscription", &id), ("action", "cancel")]);
    till.tell_all();
    let mine = till.mine(&ada, "subscription");
    let period_end = mine["subscriptions"][0]["periodEnd"].clone();
    assert_eq!(
        (mine["subscriptions"][0]["cancelAtPeriodEnd"].clone(), mine["entitlements"][0]["expiresAt"].clone()),
        (json!(true), period_end)
    );
    till.portal(&ada, &[("subscription", &id), ("action", "resume")]);
    till.portal(&ada, &[("subscription", &id), ("action", "cancel-now")]);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    let void = format!("SELECT tokens_void_until > 0 FROM users WHERE id = '{}'", ada.id);
    assert_eq!(till.world.sql(&till.tenant, &void), ["t"], "at once, not when the token expires");
    let listed = till.world.get(&Who::operator(&till.tenant), "/v1/subscriptions").expect(200).data();
    assert_eq!(listed[0]["status"], "canceled");
}

#[test]
fn a_payment_that_fails_has_its_grace() {
    let till = Till::new("dunning");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    // Two days before the renewal fails, seen from today.
    till.days(-33);
    till.buy(&ada, &plan(&gold), "failing");
    till.days(33);
    till.tell_all();
    let status = |till: &Till, reader: &Reader| till.mine(reader, "subscription")["subscriptions"][0]["status"].clone();
    assert_eq!(status(&till, &ada), "past_due");
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"], "within the grace");
    // A week's grace is over where it began eight days ago.
    till.world.sql(&till.tenant, "UPDATE payment_provider SET grace_days = 0");
    let end = "UPDATE derived_entitlements SET expires_at = now() - interval '1 second'";
    let worked = till.work_after(|| drop(till.world.sql(&till.tenant, end)));
    assert_eq!(worked["expired"], 1);
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    till.world.sql(&till.tenant, "UPDATE payment_provider SET grace_days = 7");
    // Another card pays what is open.
    till.portal(&ada, &[("card", "good")]);
    till.tell_all();
    assert_eq!((status(&till, &ada), ada.entitlements(&till.world)), (json!("active"), vec!["tier:gold".to_owned()]));
}

#[test]
fn nobody_pays_for_three_attempts_more_than_once() {
    let till = Till::new("given-up");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    till.days(-60);
    till.buy(&ada, &plan(&gold), "failing");
    till.days(60);
    till.tell_all();
    assert_eq!(till.mine(&ada, "subscription")["subscriptions"][0]["status"], "canceled");
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    assert_eq!(till.mine(&ada, "invoices")[0]["status"], "uncollectible");
}

#[test]
fn a_trial_is_free_once_and_a_coupon_is_used_once() {
    let till = Till::new("trial");
    let operator = Who::operator(&till.tenant);
    let gold = gold(&till.world, &till.tenant);
    let target = format!("/v1/plans/{}", text(&gold, "id"));
    let trial = json!({ "trialDays": 14 }).to_string();
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let _ = till.world.ask(&operator, "PATCH", &target, &fields, trial.as_bytes()).expect(200);
    let coupon = json!({ "code": "HALF", "percent": 50, "duration": "once", "maxRedemptions": 1 });
    make(&till.world, &till.tenant, "/v1/coupons", &coupon);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    let bob = Reader::new(&till.world, &till.tenant, "bob");
    let with = json!({ "planId": gold["id"], "coupon": " half " });
    till.buy(&ada, &with, "good");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"]);
    let mine = till.mine(&ada, "subscription");
    assert_eq!(
        (&mine["subscriptions"][0]["status"], &mine["subscriptions"][0]["trialEnd"]),
        (&json!("trialing"), &mine["subscriptions"][0]["periodEnd"])
    );
    let refused = till.checkout(&bob, &with).expect(422);
    assert_eq!(refused.code(), "SUBSCRIPTION_COUPON_REFUSED");
    for none in ["NONE", "\u{0}half", "hälf"] {
        let refused = till.checkout(&bob, &json!({ "planId": gold["id"], "coupon": none })).expect(422);
        assert_eq!(refused.code(), "SUBSCRIPTION_COUPON_REFUSED", "{none:?}");
    }
    till.days(15);
    till.tell_all();
    let invoices = till.mine(&ada, "invoices");
    assert_eq!(
        (&invoices[0]["total"], &invoices[0]["discount"], &invoices[1]["total"]),
        (&json!(250), &json!(250), &json!(0))
    );
    // Who has had a trial pays at once.
    let id = text(&till.subscription(), "id").to_owned();
    till.portal(&ada, &[("subscription", &id), ("action", "cancel-now")]);
    till.tell_all();
    till.buy(&ada, &plan(&gold), "good");
    till.tell_all();
    assert_eq!(till.subscription()["status"], "active");
}

#[test]
fn a_book_is_bought_once_and_given_back() {
    let till = Till::new("book");
    let operator = Who::operator(&till.tenant);
    let book = till.world.json(&operator, "POST", "/v1/books", &json!({ "title": "A Book", "language": "en" }));
    let grants = format!("book:{}", text(&book.expect(201).data()["book"], "id"));
    let sold = json!({ "name": "A Book", "grants": grants, "interval": "once", "amount": 900, "currency": "USD" });
    let sold = make(&till.world, &till.tenant, "/v1/plans", &sold);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    let (_, _) = till.post("/sandbox/tax", &[("key", &till.key), ("percent", "19")]);
    till.buy(&ada, &plan(&sold), "good");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [grants.as_str()]);
    assert_eq!(till.checkout(&ada, &plan(&sold)).expect(409).code(), "SUBSCRIPTION_ALREADY_HELD");
    let bought = till.mine(&ada, "purchases");
    assert_eq!(
        (&bought[0]["amount"], &bought[0]["tax"], &bought[0]["giftCode"]),
        (&json!(1071), &json!(171), &json!(null))
    );
    let invoices = till.mine(&ada, "invoices");
    assert_eq!((&invoices[0]["tax"], &invoices[0]["subtotal"]), (&json!(171), &json!(900)));
    // A part that is given back takes nothing away; all of it does.
    let payment = text(&bought[0], "id");
    assert_eq!(till.post("/v1/refunds", &[("payment_intent", payment), ("amount", "100")]).0, 200);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [grants.as_str()]);
    assert_eq!(till.mine(&ada, "purchases")[0]["refunded"], 100);
    assert_eq!(till.post("/v1/refunds", &[("payment_intent", payment)]).0, 200);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    till.buy(&ada, &plan(&sold), "good");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [grants.as_str()]);
}

#[test]
fn a_gift_is_bought_by_one_and_redeemed_by_another() {
    let till = Till::new("gift-sold");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    let mut bob = Reader::new(&till.world, &till.tenant, "bob");
    till.buy(&ada, &json!({ "planId": gold["id"], "gift": true, "returnTo": "/account/subscription?gift=1" }), "good");
    till.tell_all();
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    let bought = till.mine(&ada, "purchases");
    let code = text(&bought[0], "giftCode");
    let redeem = json!({ "code": code });
    let _ = till.world.json(&bob.who, "POST", "/v1/gifts/redemptions", &redeem).expect(201);
    assert_eq!(bob.entitlements(&till.world), ["tier:gold"]);
    // Given back, it takes from who redeemed it.
    assert_eq!(till.post("/v1/refunds", &[("payment_intent", text(&bought[0], "id"))]).0, 200);
    till.tell_all();
    assert_eq!(bob.entitlements(&till.world), [""; 0]);
    for back in ["//evil.example", "https://evil.example", "/\\evil", "/a b"] {
        let answer = till.checkout(&ada, &json!({ "planId": gold["id"], "returnTo": back }));
        assert_eq!(answer.code(), "SUBSCRIPTION_CHECKOUT_INVALID", "{back}");
    }
}

#[test]
fn a_full_refund_of_the_last_invoice_ends_access() {
    let till = Till::new("sub-refund");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    till.buy(&ada, &plan(&gold), "good");
    till.tell_all();
    let invoice = till.get("/v1/invoices")["data"][0].clone();
    assert_eq!(till.post("/v1/refunds", &[("payment_intent", text(&invoice, "payment_intent"))]).0, 200);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    // The next period is paid again.
    till.days(32);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"]);
}

#[test]
fn a_key_that_the_provider_does_not_take_is_not_kept() {
    let till = Till::new("sub-key");
    let operator = Who::operator(&till.tenant);
    let there = till.world.get(&operator, "/v1/payment-provider").expect(200);
    let body = json!({ "kind": "sandbox", "apiKey": "no_key_of_the_sandbox's" });
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let put = till.world.ask(&operator, "PUT", "/v1/payment-provider", &fields, body.to_string().as_bytes());
    assert_eq!(put.expect(422).code(), "SUBSCRIPTION_PROVIDER_KEY_REFUSED");
    assert_eq!(till.world.get(&operator, "/v1/payment-provider").expect(200).data(), there.data());
}

#[test]
fn an_endpoint_is_told_of_all_that_is_asked_for_now() {
    let mut till = Till::new("sub-endpoint");
    till.key.push('0');
    let operator = Who::operator(&till.tenant);
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let body = json!({ "kind": "sandbox", "apiKey": till.key }).to_string();
    let put = till.world.ask(&operator, "PUT", "/v1/payment-provider", &fields, body.as_bytes()).expect(200);
    let target = format!("/v1/webhook_endpoints/{}", text(&put.data(), "webhookEndpoint"));
    let all = till.get(&target)["enabled_events"].clone();
    // As an older version, at another place, has registered it.
    let old = [("url", "http://old.localhost/"), ("enabled_events[0]", "invoice.paid")];
    assert_eq!(till.post(&target, &old).0, 200);
    let _ = till.world.ask(&operator, "POST", "/v1/subscriptions/reconciliations", &[], b"").expect(201);
    let there = till.get(&target);
    assert_eq!(there["enabled_events"], all);
    assert_eq!(there["url"], "http://sub-endpoint.localhost:8080/v1/webhooks/payments");
    assert!(all.to_string().contains("charge.dispute.closed"), "{all}");
    let removed = till.world.sql(&till.tenant, "UPDATE payment_provider SET endpoint = 'we_none' RETURNING endpoint");
    assert_eq!(removed, ["we_none"]);
    let _ = till.world.ask(&operator, "POST", "/v1/subscriptions/reconciliations", &[], b"").expect(201);
}

#[test]
fn who_has_another_name_when_a_purchase_is_begun_again_can_buy() {
    let till = Till::new("sub-renamed");
    let gold = gold(&till.world, &till.tenant);
    let ada = Reader::new(&till.world, &till.tenant, "ada");
    let _ = till.checkout(&ada, &plan(&gold)).expect(201);
    // The provider made the customer, and its answer was lost.
    till.world.sql(&till.tenant, "DELETE FROM payment_customers");
    let fields = [("content-type", "application/json"), ("if-match", "*")];
    let profile = json!({ "displayName": "Ada L." }).to_string();
    let _ = till.world.ask(&ada.who, "PATCH", "/v1/account/profile", &fields, profile.as_bytes()).expect(200);
    let _ = till.checkout(&ada, &plan(&gold)).expect(201);
}
