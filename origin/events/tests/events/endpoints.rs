//! Endpoints, as their keepers make, change and remove them.

use serde_json::{Value, json};

use super::{create, endpoint, keeper, program::Program, world};

#[test]
fn a_secret_is_shown_once_and_kept_sealed() {
    let world = world();
    let tenant = world.tenant("secret");
    let body = json!({ "url": "https://hooks.example/x" }).to_string();
    let fields = [("content-type", "application/json"), ("idempotency-key", "one")];
    let ask = || world.ask(&keeper(&tenant), "POST", "/v1/webhook-endpoints", &fields, body.as_bytes()).expect(201);
    let made = ask().data();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 49, "{secret}");
    assert_eq!(ask().data(), made, "the same request again");
    let list = world.get(&keeper(&tenant), "/v1/webhook-endpoints").expect(200).data();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!((&list[0]["events"], &list[0]["enabled"]), (&json!(["*"]), &json!(true)));
    assert!(list[0].get("secret").is_none());
    for (table, rows) in world.rows(Some(&tenant)) {
        assert!(!rows.contains(secret), "{table}");
    }
    let id = made["id"].as_str().unwrap();
    assert_eq!(world.ask(&keeper(&tenant), "DELETE", &format!("/v1/webhook-endpoints/{id}"), &[], b"").status, 204);
    assert_eq!(world.get(&keeper(&tenant), &format!("/v1/webhook-endpoints/{id}")).status, 404);
    let audit = world.sql(&tenant, &format!("SELECT action FROM audit WHERE subject = '{id}' ORDER BY id"));
    assert_eq!(audit, ["user.webhook.created", "user.webhook.removed"]);
}

#[test]
fn what_cannot_be_an_endpoint_is_refused() {
    let world = world();
    let tenant = world.tenant("refused");
    for url in ["https://127.0.0.1/", "http://hooks.example/", "https://169.254.169.254/x", "https://x:8443/", "x"] {
        assert_eq!(create(&world, &tenant, url, &["*"]).expect(422).code(), "WEBHOOK_URL_INVALID", "{url}");
    }
    for events in [&[][..], &["books"], &["*.book.*"], &["content.book.published "]] {
        let answer = create(&world, &tenant, "https://hooks.example/", events).expect(422);
        assert_eq!(answer.code(), "WEBHOOK_EVENTS_INVALID", "{events:?}");
    }
    for n in 0..20 {
        let _ = create(&world, &tenant, &format!("https://hooks.example/{n}"), &["*"]).expect(201);
    }
    let answer = create(&world, &tenant, "https://hooks.example/20", &["*"]).expect(409);
    assert_eq!(answer.code(), "WEBHOOK_ENDPOINTS_TOO_MANY");
    let page = world.get(&keeper(&tenant), "/v1/webhook-endpoints?limit=15").expect(200).json();
    let next = page["pagination"]["nextCursor"].as_str().unwrap();
    let rest = world.get(&keeper(&tenant), &format!("/v1/webhook-endpoints?limit=15&cursor={next}")).expect(200);
    assert_eq!(rest.data().as_array().unwrap().len(), 5);
}

#[test]
fn a_change_needs_the_version_that_it_changes() {
    let world = world();
    let tenant = world.tenant("change");
    let made = create(&world, &tenant, "https://hooks.example/", &["user.*"]).expect(201);
    let target = format!("/v1/webhook-endpoints/{}", made.data()["id"].as_str().unwrap());
    let patch = |etag: Option<&str>, body: Value| {
        let mut fields = vec![("content-type", "application/json")];
        fields.extend(etag.map(|etag| ("if-match", etag)));
        world.ask(&keeper(&tenant), "PATCH", &target, &fields, body.to_string().as_bytes())
    };
    assert_eq!(patch(None, json!({})).status, 428);
    let changed = patch(Some(&made.etag()), json!({ "events": ["content.*"], "enabled": false })).expect(200);
    assert_eq!((&changed.data()["events"], &changed.data()["enabled"]), (&json!(["content.*"]), &json!(false)));
    assert_eq!(patch(Some(&made.etag()), json!({})).status, 412);
    assert_eq!(patch(Some("*"), json!({ "url": "https://10.0.0.1/" })).status, 422);
    assert_eq!(patch(Some("*"), json!({ "colour": "red" })).status, 400);
}

#[test]
fn a_test_says_how_it_went() {
    let world = world();
    let tenant = world.tenant("test");
    let program = Program::new();
    let made = create(&world, &tenant, &program.url, &["user.*"]).expect(201).data();
    let id = made["id"].as_str().unwrap();
    let test = || {
        let target = format!("/v1/webhook-endpoints/{id}/test");
        world.ask(&keeper(&tenant), "POST", &target, &[], b"").expect(200).data()
    };
    let went = test();
    assert_eq!((&went["delivered"], &went["status"], &went["error"]), (&json!(true), &json!(204), &Value::Null));
    assert_eq!(program.told()[0].event()["name"], "user.webhook.tested");
    program.answers(500);
    let went = test();
    assert_eq!((&went["delivered"], &went["status"]), (&json!(false), &json!(500)));
    assert_eq!(endpoint(&world, &tenant, id)["failures"], 0, "a test changes nothing");
    let nobody = create(&world, &tenant, "http://127.0.0.1:1/", &["*"]).expect(201).data();
    let target = format!("/v1/webhook-endpoints/{}/test", nobody["id"].as_str().unwrap());
    let went = world.ask(&keeper(&tenant), "POST", &target, &[], b"").expect(200).data();
    assert_eq!((&went["delivered"], &went["status"]), (&json!(false), &Value::Null));
}
