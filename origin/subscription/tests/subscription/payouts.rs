//! What authors earn always sums to what was earned, whatever is given back when.

use aw_origin_harness::Who;
use serde_json::{Value, json};

use crate::{Reader, change, gold, make, text, till::Till};

fn parts(statement: &Value) -> Vec<(Option<&str>, i64)> {
    let all = statement["payees"].as_array().expect("a list").iter();
    all.map(|part| (part["payee"].as_str(), part["amount"].as_i64().expect("a number"))).collect()
}

#[test]
fn statements_share_out_everything_once() {
    let till = Till::new("payouts");
    let (world, tenant) = (&till.world, &till.tenant);
    let gold = gold(world, tenant);
    let ada = Reader::new(world, tenant, "ada");
    let mut readers = [Reader::new(world, tenant, "one"), Reader::new(world, tenant, "two")];
    readers.sort_by(|a, b| a.id.cmp(&b.id));
    let authors = [readers[0].id.clone(), readers[1].id.clone()];
    let _ = till.post("/sandbox/tax", &[("key", &till.key), ("percent", "19")]);
    let shares = json!({ "shares": [
        { "payee": authors[0], "weight": 1 }, { "payee": authors[1], "weight": 1 }, { "payee": null, "weight": 1 },
    ] });
    let target = "/v1/payout-rules/tier:gold";
    let _ = world.json(&Who::operator(tenant), "PUT", target, &shares).expect(201);
    assert_eq!(world.json(&Who::operator(tenant), "PUT", target, &shares).status, 428);
    for bad in [
        json!({ "shares": [] }),
        json!({ "shares": [{ "payee": "x", "weight": 1 }] }),
        json!({ "shares": [{ "payee": authors[0], "weight": 0 }] }),
        json!({ "shares": [{ "payee": authors[0], "weight": 1 }, { "payee": authors[0], "weight": 1 }] }),
        json!({ "shares": [{ "payee": "01890000-0000-7000-8000-000000000000", "weight": 1 }] }),
    ] {
        let answer = change(world, tenant, ("PUT", target), "*", &bad).expect(422);
        assert_eq!(answer.code(), "SUBSCRIPTION_PAYOUT_RULE_INVALID", "{bad}");
    }
    // Sold in September of this year or so; given back in the month after.
    till.days(-75);
    till.buy(&ada, &json!({ "planId": gold["id"] }), "good");
    let id = text(&till.subscription(), "id").to_owned();
    till.portal(&ada, &[("subscription", &id), ("action", "cancel-now")]);
    till.tell_all();
    let month = |days: i64| {
        let statement = format!("SELECT to_char(now() AT TIME ZONE 'UTC' - interval '{days} days', 'YYYY-MM')");
        world.sql(tenant, &statement).remove(0)
    };
    let state = |period: &str| make(world, tenant, "/v1/payouts", &json!({ "period": period, "currency": "EUR" }));
    let first = state(&month(75));
    // 500 without the 95 of tax: the press, which is first, gets what is left over.
    assert_eq!(first["total"], 500);
    assert_eq!(parts(&first), [(None, 167), (Some(&*authors[0]), 167), (Some(&*authors[1]), 166)]);
    let again =
        world.json(&Who::operator(tenant), "POST", "/v1/payouts", &json!({ "period": month(75), "currency": "EUR" }));
    assert_eq!(again.expect(409).code(), "SUBSCRIPTION_PAYOUT_EXISTS");
    // The rule has changed meanwhile; what is given back is taken from those who got it.
    let other = json!({ "shares": [{ "payee": authors[0], "weight": 1 }] });
    let _ = change(world, tenant, ("PUT", target), "*", &other).expect(200);
    till.days(35);
    let invoice = till.get("/v1/invoices")["data"][0].clone();
    let payment = text(&invoice, "payment_intent");
    assert_eq!(till.post("/v1/refunds", &[("payment_intent", payment), ("amount", "119")]).0, 200);
    till.tell_all();
    let second = state(&month(40));
    assert_eq!(second["total"], -100);
    assert_eq!(parts(&second).iter().map(|(_, amount)| amount).sum::<i64>(), -100);
    assert!(parts(&second).iter().all(|(_, amount)| *amount < 0), "{second}");
    let left = world.sql(tenant, "SELECT sum(amount) FROM payout_lines");
    assert_eq!(left, ["400"]);
    for bad in ["2026-13", "2099-01", "x", "2026-1"] {
        let answer =
            world.json(&Who::operator(tenant), "POST", "/v1/payouts", &json!({ "period": bad, "currency": "EUR" }));
        assert_eq!(answer.expect(422).code(), "SUBSCRIPTION_PAYOUT_INVALID", "{bad}");
    }
    let shown = world.get(&Who::operator(tenant), &format!("/v1/payouts/{}", text(&first, "id"))).expect(200).data();
    assert_eq!(shown["payees"], first["payees"]);

    // Each sees their own, and nobody else's.
    let mine = |who: &Reader, what: &str| world.get(&who.who, &format!("/v1/me/payouts{what}"));
    let list = mine(&readers[0], "").expect(200).data();
    let own: Vec<_> =
        list.as_array().expect("a list").iter().map(|one| (one["id"].clone(), one["amount"].clone())).collect();
    let part = |statement: &Value| {
        let found = parts(statement).into_iter().find(|(payee, _)| *payee == Some(&*authors[0]));
        (statement["id"].clone(), json!(found.expect("a part").1))
    };
    assert_eq!(own, [part(&second), part(&first)], "the newest first");
    assert_eq!(list[0]["sales"], 1);
    let next = world.get(&readers[0].who, "/v1/me/payouts?limit=1").expect(200).json();
    let cursor = text(&next["pagination"], "nextCursor");
    let rest = mine(&readers[0], &format!("?limit=1&cursor={cursor}")).expect(200).data();
    assert_eq!((&next["data"][0], &rest[0]), (&list[0], &list[1]));
    let total = part(&first).1.as_i64().expect("a number") + part(&second).1.as_i64().expect("a number");
    let totals = mine(&readers[0], "/totals").expect(200).data();
    assert_eq!(totals, json!([{ "currency": "EUR", "amount": total, "statements": 2 }]));
    let sales = mine(&readers[0], &format!("/{}/sales", text(&second, "id"))).expect(200).data();
    assert_eq!((&sales[0]["id"], &sales[0]["amount"]), (&json!(payment), &part(&second).1));
    assert_eq!((&sales[0]["grants"], sales.as_array().map(Vec::len)), (&json!("tier:gold"), Some(1)));
    assert!(text(&sales[0], "paidAt").starts_with(&month(75)), "{sales}");
    let more = mine(&readers[0], &format!("/{}/sales?cursor={payment}", text(&second, "id"))).expect(200).data();
    assert_eq!(more, json!([]));
    for target in [format!("/{}/sales", text(&first, "id")), "/x/sales".to_owned()] {
        assert_eq!(mine(&ada, &target).expect(404).code(), "SUBSCRIPTION_PAYOUT_NOT_FOUND", "ada has no part");
    }
    assert_eq!((mine(&ada, "").expect(200).data(), mine(&ada, "/totals").expect(200).data()), (json!([]), json!([])));
}
