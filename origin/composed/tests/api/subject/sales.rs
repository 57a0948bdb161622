//! What is sold and given.

use serde_json::json;

use crate::{
    document::Operation,
    press::{Person, Press},
    text,
    things::Things,
};

/// What an operation of the subscription service is about.
pub(super) fn make(press: &Press<'_>, operation: &Operation, caller: &Person) -> Things {
    let n = press.next();
    let somebody = press.person("somebody", "reader").id;
    let put = |target: &str, body| {
        assert!(
            press.operator("GET", target, &json!(null)).status == 200
                || press.world.json(&aw_origin_harness::Who::operator(&press.tenant), "PUT", target, &body).status
                    == 201,
            "{target}"
        )
    };
    put("/v1/tiers/gold", json!({ "name": "Gold" }));
    let plan = |n: u32| {
        let plan = json!({ "name": format!("Gold {n}"), "grants": "tier:gold", "interval": "month", "amount": 500 + n, "currency": "EUR" });
        text(&press.make("/v1/plans", &plan), "id").to_owned()
    };
    let id = |thing: &str| Things::default().with("id", thing).with("somebody", somebody.as_str());
    match operation.path.split('/').nth(2).expect("a resource") {
        "tiers" if operation.path.contains('{') => {
            let slug = format!("{}-{n}", press.tenant);
            put(&format!("/v1/tiers/{slug}"), json!({ "name": "Tier" }));
            Things::default().with("slug", slug)
        }
        "plans" => id(&plan(n)),
        "coupons" => {
            let coupon = json!({ "code": format!("{}-{n}", press.marker), "percent": 50, "duration": "once" });
            id(text(&press.make("/v1/coupons", &coupon), "id"))
        }
        "gifts" => {
            let gift = press.make("/v1/gifts", &json!({ "grants": "tier:gold", "months": 1, "note": press.marker }));
            id(text(&gift, "id")).with("code", text(&gift, "code"))
        }
        "comps" => {
            let comp = json!({ "userId": somebody, "grants": "tier:gold", "reason": press.marker });
            id(text(&press.make("/v1/comps", &comp), "id"))
        }
        "checkouts" | "portal-sessions" => {
            let plan = plan(n);
            let checkout = press.json(caller, "POST", "/v1/checkouts", &json!({ "planId": plan })).expect(201).data();
            id(text(&checkout, "id")).with("plan", plan)
        }
        "payout-rules" => {
            let grants = "tier:gold";
            put(&format!("/v1/payout-rules/{grants}"), json!({ "shares": [{ "payee": null, "weight": 1 }] }));
            Things::default().with("grants", grants)
        }
        "payouts" => {
            let month = |n: u32| format!("{}-{:02}", 2010 + n / 12 % 16, n % 12 + 1);
            let things = Things::default().with("period", month(press.next()));
            if operation.id != "getPayout" {
                return things;
            }
            let statement = json!({ "period": month(press.next()), "currency": "EUR" });
            things.with("id", text(&press.make("/v1/payouts", &statement), "id"))
        }
        "me" if operation.id == "listMyPayoutSales" => {
            let statement = format!(
                "WITH made AS (INSERT INTO payout_statements (id, period, currency, total) \
                    VALUES (gen_random_uuid(), '{}-01', 'CHF', 5) RETURNING id), \
                line AS (INSERT INTO payout_lines (statement, source, grants, payee, amount) \
                    SELECT id, 'pi_{n}', 'tier:gold', '{}', 5 FROM made) SELECT id FROM made",
                1000 + n,
                caller.id
            );
            id(&press.world.sql(&press.tenant, &statement)[0])
        }
        "credits" => {
            let grant = json!({ "userId": somebody, "feature": "narration", "amount": 10, "reference": press.marker });
            press.make("/v1/credits/grants", &grant);
            id(&somebody)
        }
        _ => id(&somebody),
    }
}
