//! Chargebacks: while a bank has what was paid, or wants it, the press has not, and the reader reads for it no more.

use aw_origin_harness::Who;
use serde_json::{Value, json};

use crate::{Reader, change, gold, make, text, till::Till};

/// A plan that sells a book once.
fn book(till: &Till) -> (Value, String) {
    let book =
        till.world.json(&Who::operator(&till.tenant), "POST", "/v1/books", &json!({ "title": "A", "language": "en" }));
    let grants = format!("book:{}", text(&book.expect(201).data()["book"], "id"));
    let plan = json!({ "name": "A", "grants": grants, "interval": "once", "amount": 900, "currency": "EUR" });
    (make(&till.world, &till.tenant, "/v1/plans", &plan), grants)
}

/// The bank takes back what was paid last.
fn dispute(till: &Till, more: &[(&str, &str)]) {
    let payment = till.get("/v1/charges")["data"][0]["payment_intent"].clone();
    let mut form = vec![("key", &*till.key), ("payment_intent", payment.as_str().expect("a payment"))];
    form.extend(more);
    assert_eq!(till.post("/sandbox/disputes", &form).0, 200);
}

/// The bank decides about the last dispute.
fn decide(till: &Till, evidence: &str) {
    let target = format!("/v1/disputes/{}", text(&till.get("/v1/disputes")["data"][0], "id"));
    assert_eq!(till.post(&target, &[("evidence[uncategorized_text]", evidence), ("submit", "true")]).0, 200);
}

#[test]
fn what_is_disputed_is_lost_until_the_press_wins() {
    let till = Till::new("disputed");
    let (plan, grants) = book(&till);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    till.buy(&ada, &json!({ "planId": plan["id"] }), "good");
    till.tell_all();
    let shown = || {
        let bought = till.mine(&ada, "purchases")[0].clone();
        let invoice = till.mine(&ada, "invoices")[0].clone();
        assert_eq!((&bought["refunded"], &bought["disputed"]), (&invoice["refunded"], &invoice["disputed"]));
        (bought["refunded"].as_i64(), bought["disputed"].as_i64())
    };
    // A bank that only asks has taken nothing.
    dispute(&till, &[("inquiry", "true")]);
    till.tell_all();
    assert_eq!(shown(), (Some(0), Some(0)));
    decide(&till, "winning_evidence");
    till.tell_all();
    // What is disputed in part is disputed: which part is the bank's to say.
    dispute(&till, &[("amount", "899")]);
    till.tell_all();
    assert_eq!(shown(), (Some(0), Some(899)));
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    let void = format!("SELECT tokens_void_until > 0 FROM users WHERE id = '{}'", ada.id);
    assert_eq!(till.world.sql(&till.tenant, &void), ["t"]);
    decide(&till, "winning_evidence");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [grants.as_str()]);
    dispute(&till, &[]);
    decide(&till, "losing_evidence");
    till.tell_all();
    let bought = till.mine(&ada, "purchases")[0].clone();
    assert_eq!((&bought["refunded"], &bought["disputed"]), (&json!(900), &json!(0)));
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    let names = "SELECT name, data::json ->> 'status' FROM events WHERE name LIKE 'subscription.payment.disp%' ORDER BY written";
    assert_eq!(
        till.world.sql(&till.tenant, names),
        [
            "subscription.payment.disputed|warning_needs_response",
            "subscription.payment.dispute-won|warning_closed",
            "subscription.payment.disputed|needs_response",
            "subscription.payment.dispute-won|won",
            "subscription.payment.disputed|needs_response",
            "subscription.payment.dispute-lost|lost",
        ]
    );
    // Who was taken it from can pay for it anew.
    till.buy(&ada, &json!({ "planId": plan["id"] }), "good");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), [grants.as_str()]);
}

#[test]
fn a_dispute_ends_a_gift_and_a_period_and_is_found_when_nobody_tells() {
    let till = Till::new("disputed-gift");
    let gold = gold(&till.world, &till.tenant);
    let mut ada = Reader::new(&till.world, &till.tenant, "ada");
    let mut bob = Reader::new(&till.world, &till.tenant, "bob");
    till.buy(&ada, &json!({ "planId": gold["id"], "gift": true }), "good");
    // The dispute is told of before what it is about.
    dispute(&till, &[]);
    let mut events = till.events();
    events.reverse();
    for event in &events {
        let _ = till.tell(event).expect(200);
    }
    let code = json!({ "code": till.mine(&ada, "purchases")[0]["giftCode"] });
    let redeem = || till.world.json(&bob.who, "POST", "/v1/gifts/redemptions", &code);
    assert_eq!(redeem().expect(409).code(), "SUBSCRIPTION_GIFT_EXPIRED");
    decide(&till, "winning_evidence");
    till.tell_all();
    let _ = redeem().expect(201);
    assert_eq!(bob.entitlements(&till.world), ["tier:gold"]);
    dispute(&till, &[]);
    till.tell_all();
    assert_eq!(bob.entitlements(&till.world), [""; 0]);

    till.buy(&ada, &json!({ "planId": gold["id"] }), "good");
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"]);
    dispute(&till, &[]);
    let reconcile = || {
        let target = "/v1/subscriptions/reconciliations";
        till.world.ask(&Who::operator(&till.tenant), "POST", target, &[], b"").expect(201).data()
    };
    let report = reconcile();
    assert_eq!((&report["repaired"], &report["repairs"][0]["kind"]), (&json!(1), &json!("dispute")), "{report}");
    assert_eq!(ada.entitlements(&till.world), [""; 0]);
    assert_eq!(reconcile()["repaired"], 0);
    // The next period is paid for again.
    till.days(32);
    till.tell_all();
    assert_eq!(ada.entitlements(&till.world), ["tier:gold"]);
}

#[test]
fn what_was_taken_from_authors_comes_back_to_them() {
    let till = Till::new("disputed-shares");
    let (world, tenant) = (&till.world, &till.tenant);
    let (plan, grants) = book(&till);
    let ada = Reader::new(world, tenant, "ada");
    let mut authors = [Reader::new(world, tenant, "one").id, Reader::new(world, tenant, "two").id];
    authors.sort();
    let rule = format!("/v1/payout-rules/{grants}");
    let shares = json!({ "shares": [{ "payee": authors[0], "weight": 2 }, { "payee": authors[1], "weight": 1 }] });
    let _ = world.json(&Who::operator(tenant), "PUT", &rule, &shares).expect(201);
    till.days(-130);
    till.buy(&ada, &json!({ "planId": plan["id"] }), "good");
    till.tell_all();
    let month = |days: i64| {
        let back = format!("SELECT to_char(now() AT TIME ZONE 'UTC' - interval '{days} days', 'YYYY-MM')");
        world.sql(tenant, &back).remove(0)
    };
    let state = |days: i64| {
        let made = make(world, tenant, "/v1/payouts", &json!({ "period": month(days), "currency": "EUR" }));
        let part = |part: &Value| (text(part, "payee").to_owned(), part["amount"].as_i64().expect("a number"));
        made["payees"].as_array().expect("a list").iter().map(part).collect::<Vec<_>>()
    };
    let of = |first: i64, second: i64| vec![(authors[0].clone(), first), (authors[1].clone(), second)];
    assert_eq!(state(130), of(600, 300));
    // Another rule meanwhile: it is for what is sold from now on.
    let other = json!({ "shares": [{ "payee": authors[1], "weight": 1 }] });
    let _ = change(world, tenant, ("PUT", &rule), "*", &other).expect(200);
    till.days(30);
    dispute(&till, &[]);
    till.tell_all();
    assert_eq!(state(100), of(-600, -300));
    decide(&till, "winning_evidence");
    till.tell_all();
    assert_eq!(state(70), of(600, 300));
    till.days(60);
    dispute(&till, &[("amount", "450")]);
    decide(&till, "losing_evidence");
    till.tell_all();
    assert_eq!(state(40), of(-300, -150));
    let sums = "SELECT (SELECT sum(amount) FROM payout_lines), (SELECT sum(total) FROM payout_statements)";
    assert_eq!(world.sql(tenant, sums), ["450|450"], "all of what is left, and nothing else");
}
