//! Who may tell what, and how it is answered.

use std::process::Command;

use aw_origin_harness::Who;
use aw_trust::webhook;
use serde_json::{Value, json};

use crate::till::{SECRET, Till, now_s};

/// Signatures as the provider's own package makes them, in JSON: what each is, its header and what is to be answered.
const SIGN: &str = r#"
const Stripe = require("stripe");
const stripe = new Stripe("sk_test_x");
const [secret, now, payload] = [process.env.SECRET, Number(process.env.NOW), process.env.PAYLOAD];
const sign = (change) => stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: now, ...change });
const good = sign({});
const v1 = (header) => header.split("v1=")[1];
const cases = [
  ["good", good, 200],
  ["four minutes ago", sign({ timestamp: now - 240 }), 200],
  ["six minutes ago", sign({ timestamp: now - 360 }), 401],
  ["of a time to come", sign({ timestamp: now + 360 }), 401],
  ["another secret", sign({ secret: "whsec_another" }), 401],
  ["another body", sign({ payload: payload + " " }), 401],
  ["another scheme", sign({ scheme: "v0" }), 401],
  ["two secrets, the second ours", `t=${now},v1=${v1(sign({ secret: "whsec_old" }))},v1=${v1(good)}`, 200],
  ["two secrets, the first ours", `t=${now},v1=${v1(good)},v1=${v1(sign({ secret: "whsec_old" }))}`, 200],
  ["with an old scheme beside", `${good},v0=${v1(good)}`, 200],
  ["a time that was not signed", good.replace(String(now), String(now - 1)), 401],
  ["cut", good.slice(0, -2), 401],
  ["no time", `v1=${v1(good)}`, 401],
  ["nothing", "", 401],
];
console.log(JSON.stringify(cases));
"#;

fn event(id: &str, kind: &str) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "created": now_s(), "data": { "object": {} } })
}

#[test]
fn signatures_of_the_providers_own_package_are_judged_as_it_judges() {
    let till = Till::new("signatures");
    let tools = aw_runtimes::setup::node().expect("node");
    let clients = aw_runtimes::setup::clients().expect("stripe");
    let payload = event("evt_signed", "price.created").to_string();
    let output = Command::new(tools.program("node"))
        .args(["-e", SIGN])
        .env("NODE_PATH", clients)
        .env("SECRET", SECRET)
        .env("NOW", now_s().to_string())
        .env("PAYLOAD", &payload)
        .output()
        .expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cases: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let cases = cases.as_array().expect("a list");
    assert_eq!(cases.len(), 14);
    for case in cases {
        let (name, header) = (case[0].as_str().expect("a name"), case[1].as_str().expect("a header"));
        let answer = till.told(payload.as_bytes(), header);
        assert_eq!(u64::from(answer.status), case[2].as_u64().expect("a status"), "{name}: {header}");
    }
}

#[test]
fn what_is_unknown_is_taken_and_what_is_told_twice_is_done_once() {
    let till = Till::new("unknown");
    let first = till.tell(&event("evt_1", "radar.early_fraud_warning.created")).expect(200).data();
    assert_eq!(first, json!({ "received": true, "duplicate": false }));
    let second = till.tell(&event("evt_1", "radar.early_fraud_warning.created")).expect(200).data();
    assert_eq!(second["duplicate"], true);
    let unreadable = till.tell(&event("evt_2", "customer.subscription.updated")).expect(422);
    assert_eq!(unreadable.code(), "SUBSCRIPTION_EVENT_UNREADABLE");
    assert_eq!(till.world.sql(&till.tenant, "SELECT id FROM payment_events ORDER BY id"), ["evt_1"]);
    let sign = |body: &str| webhook::sign(body.as_bytes(), &[SECRET], now_s());
    assert_eq!(till.told(b"[]", &sign("[]")).status, 400);
    assert_eq!(till.told(b"", &sign("")).status, 400);
}

#[test]
fn what_cannot_be_kept_now_is_told_again() {
    let till = Till::new("transient");
    let body = event("evt_3", "invoice.paid").to_string();
    let _ = till.world.sql(&till.tenant, "ALTER TABLE payment_events RENAME TO payment_events_away");
    let signature = webhook::sign(body.as_bytes(), &[SECRET], now_s());
    let status = till.told(body.as_bytes(), &signature).status;
    assert!(status >= 500, "{status}");
    let _ = till.world.sql(&till.tenant, "ALTER TABLE payment_events_away RENAME TO payment_events");
    let unknown = event("evt_3", "price.updated");
    assert_eq!(till.tell(&unknown).expect(200).data()["duplicate"], false, "what failed was not noted as done");
}

#[test]
fn keys_are_shown_to_nobody_and_sealed_in_the_database() {
    let till = Till::new("keys");
    let operator = Who::operator(&till.tenant);
    let shown = till.world.get(&operator, "/v1/payment-provider").expect(200);
    assert_eq!((shown.data()["keyEnds"].as_str(), shown.data()["webhookSecrets"].as_u64()), (Some("6789"), Some(1)));
    let text = String::from_utf8(shown.body.clone()).expect("UTF-8");
    assert!(!text.contains(&till.key) && !text.contains(SECRET), "{text}");
    let row = till.world.sql(&till.tenant, "SELECT payment_provider::text FROM payment_provider").join("");
    assert!(!row.contains(&till.key) && !row.contains(SECRET), "{row}");
    let body =
        |grace: i64| json!({ "kind": "sandbox", "apiKey": till.key, "webhookSecrets": [SECRET], "graceDays": grace });
    assert_eq!(till.world.json(&operator, "PUT", "/v1/payment-provider", &body(3)).status, 428);
    let fields = [("content-type", "application/json"), ("if-match", &*shown.etag())];
    let put =
        |grace| till.world.ask(&operator, "PUT", "/v1/payment-provider", &fields, body(grace).to_string().as_bytes());
    assert_eq!(put(61).expect(422).code(), "SUBSCRIPTION_PROVIDER_INVALID");
    assert_eq!(put(3).expect(200).data()["graceDays"], 3);
    assert_eq!(put(4).status, 412);
}
