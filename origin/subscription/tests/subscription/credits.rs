//! Credits: never below none, whoever spends at once.

use std::sync::atomic::{AtomicI64, Ordering};

use aw_origin_harness::{Who, World};
use serde_json::json;

use crate::{Reader, make, text, till::work_after};

#[test]
fn no_balance_is_negative_however_many_spend_at_once() {
    let world = World::new(&[]);
    let tenant = world.tenant("credits-race");
    let ada = Reader::new(&world, &tenant, "ada");
    for amount in [30, 50, 23] {
        let grant = json!({ "userId": ada.id, "feature": "narration", "amount": amount, "reference": "plan" });
        make(&world, &tenant, "/v1/credits/grants", &grant);
    }
    let spent = AtomicI64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8_i64 {
            let (world, tenant, ada, spent) = (&world, &tenant, &ada, &spent);
            scope.spawn(move || {
                for round in 0..12 {
                    let amount = 1 + (thread + round) % 4;
                    let body = json!({ "userId": ada.id, "feature": "narration", "amount": amount });
                    let answer = world.json(&Who::operator(tenant), "POST", "/v1/credits/spends", &body);
                    match answer.status {
                        201 => drop(spent.fetch_add(amount, Ordering::Relaxed)),
                        _ => assert_eq!(answer.expect(402).code(), "SUBSCRIPTION_CREDITS_INSUFFICIENT"),
                    }
                }
            });
        }
    });
    let balance = world.sql(&tenant, "SELECT balance FROM credit_accounts")[0].parse::<i64>().expect("a number");
    let spent = spent.into_inner();
    assert_eq!(spent + balance, 103);
    assert!((0..4).contains(&balance), "{balance}");
    let sums = "SELECT sum(remaining), (SELECT sum(delta) FROM credit_entries), (SELECT min(balance) >= 0 FROM \
        credit_entries) FROM credit_grants";
    assert_eq!(world.sql(&tenant, sums), [format!("{balance}|{balance}|t")]);
}

#[test]
fn what_expires_first_is_spent_first_and_what_has_expired_is_gone() {
    let world = World::new(&[]);
    let tenant = world.tenant("credits");
    let ada = Reader::new(&world, &tenant, "ada");
    let grant = |amount: i64, expires: Option<&str>| {
        let body = json!({ "userId": ada.id, "feature": "covers", "amount": amount, "expiresAt": expires });
        make(&world, &tenant, "/v1/credits/grants", &body)
    };
    grant(10, None);
    grant(10, Some("2099-01-01T00:00:00Z"));
    let entry = grant(5, Some("2098-01-01T00:00:00Z"));
    assert_eq!((entry["delta"].as_i64(), entry["balance"].as_i64()), (Some(5), Some(25)));
    let spend = json!({ "userId": ada.id, "feature": "covers", "amount": 12, "reference": "a cover" }).to_string();
    let fields = [("content-type", "application/json"), ("idempotency-key", "s-1")];
    let ask = || world.ask(&Who::operator(&tenant), "POST", "/v1/credits/spends", &fields, spend.as_bytes());
    let first = ask().expect(201).data();
    assert_eq!((first["balance"].as_i64(), ask().expect(201).data()), (Some(13), first.clone()));
    let left = world.sql(&tenant, "SELECT remaining FROM credit_grants ORDER BY expires_at");
    assert_eq!(left, ["0", "3", "10"]);
    let mine = world.get(&ada.who, "/v1/me/credits").expect(200).data();
    assert_eq!(mine[0], json!({ "feature": "covers", "balance": 13, "nextExpiry": "2099-01-01T00:00:00.000Z" }));

    let done = work_after(&world, || {
        world.sql(&tenant, "UPDATE credit_grants SET expires_at = now() - interval '1 second' WHERE remaining = 3");
        assert_eq!(world.get(&ada.who, "/v1/me/credits").expect(200).data()[0]["balance"], 10);
    });
    assert!(done["credits"].as_u64() >= Some(1), "{done}");
    // Each movement is told once, also of a request that was repeated.
    let told = "SELECT name, actor, data::json ->> 'delta', data::json ->> 'balance' FROM events \
        WHERE name LIKE 'subscription.credits.%' ORDER BY written";
    assert_eq!(
        world.sql(&tenant, told),
        [
            "subscription.credits.granted|operator|10|10",
            "subscription.credits.granted|operator|10|20",
            "subscription.credits.granted|operator|5|25",
            "subscription.credits.spent|operator|-12|13",
            "subscription.credits.expired|payments|-3|10",
        ]
    );
    let target = format!("/v1/credits/entries?userId={}", ada.id);
    let entries = world.get(&Who::operator(&tenant), &target).expect(200).data();
    let entries: Vec<_> =
        entries.as_array().expect("a list").iter().map(|e| (text(e, "kind"), e["delta"].as_i64())).collect();
    assert_eq!(entries[3..], [("spent", Some(-12)), ("expired", Some(-3))]);
    assert_eq!(world.sql(&tenant, "SELECT balance FROM credit_accounts"), ["10"]);
    for bad in [
        json!({ "userId": "x", "feature": "covers", "amount": 1 }),
        json!({ "userId": ada.id, "feature": "Covers", "amount": 1 }),
        json!({ "userId": ada.id, "feature": "covers", "amount": 0 }),
    ] {
        let answer = world.json(&Who::operator(&tenant), "POST", "/v1/credits/spends", &bad).expect(422);
        assert_eq!(answer.code(), "SUBSCRIPTION_CREDITS_INVALID", "{bad}");
    }
    assert_eq!(world.json(&ada.who, "POST", "/v1/credits/spends", &json!({})).status, 403);
}
