//! Every documented route answers, to whoever asks with whatever, with a status that is documented.

use std::net::Ipv4Addr;

use aw_origin_harness::Who;
use serde_json::json;

use crate::{Reader, gold, till::Till};

#[test]
fn documented_routes_answer_with_documented_statuses() {
    let till = Till::new("described");
    gold(&till.world, &till.tenant);
    let ada = Reader::new(&till.world, &till.tenant, "ada");
    let stranger = Who::stranger(&till.tenant, Ipv4Addr::LOCALHOST.into());
    let operations = aw_origin_subscription::operations();
    let document = aw_openapi::document("1.0.0", &operations);
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.values().map(|path| path.as_object().map_or(0, |p| p.len())).sum::<usize>(), operations.len());
    let id = "01890000-0000-7000-8000-000000000000";
    let bodies =
        ["", "{", "[]", "{}", r#"{"name":"x","grants":"tier:gold","userId":"x","code":"y","period":"z"}"#, "\u{0}"];
    for (path, methods) in paths {
        let target = path.replace("{id}", id).replace("{slug}", "gold").replace("{grants}", "tier:gold");
        for (method, operation) in methods.as_object().expect("methods") {
            let documented = operation["responses"].as_object().expect("responses");
            for who in [&Who::operator(&till.tenant), &ada.who, &stranger] {
                for body in bodies {
                    for query in ["", "?limit=0&cursor=%00", "?cursor=x&inactive=7&userId=%F0"] {
                        let fields = [("content-type", "application/json"), ("if-match", "\"77\"")];
                        let target = format!("{target}{query}");
                        let method = method.to_uppercase();
                        let answer = till.world.ask(who, &method, &target, &fields, body.as_bytes());
                        let status = answer.status.to_string();
                        assert!(
                            documented.contains_key(&status),
                            "{method} {target} {body:?}: {status} {}",
                            answer.code()
                        );
                        assert!(answer.status < 500, "{method} {target} {body:?}");
                    }
                }
            }
            // What needs no version, and another media type.
            let answer = till.world.ask(&ada.who, &method.to_uppercase(), &target, &[], b"x");
            assert!(documented.contains_key(&answer.status.to_string()), "{method} {target}: {}", answer.status);
        }
    }
    let unknown = till.world.json(&ada.who, "POST", "/v1/credits/nothing", &json!({}));
    assert!([403, 404].contains(&unknown.status));
}
