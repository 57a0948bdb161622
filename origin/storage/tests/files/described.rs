//! What is described is what answers.

use std::collections::BTreeSet;

use aw_openapi::document;
use aw_origin_harness::{Who, World};
use serde_json::{Value, json};

use super::{author, png, store, text};

const METHODS: [&str; 6] = ["get", "put", "post", "patch", "delete", "head"];

fn description() -> Value {
    document("1.0.0", &aw_origin_storage::operations())
}

#[test]
fn every_route_answers_as_it_is_described() {
    let world = World::new(&[]);
    let tenant = world.tenant("described");
    let ada = author(&tenant, "ada");
    let description = description();
    let mut ids = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(ids.insert(text(operation, "operationId").to_owned()), "{operation}");
            let file = store(&world, &ada, "a.png", &png(100, 1), json!({}));
            let target = path.replace("{id}", text(&file, "id")).replace("{subject}", "book:1");
            let who = if path.starts_with("/_aw") { Who::operator("") } else { ada.clone() };
            let fields = [("content-type", "application/json"), ("if-match", "*"), ("tus-resumable", "1.0.0")];
            let answer = world.ask(&who, &method.to_uppercase(), &target, &fields, b"{}");
            let status = answer.status.to_string();
            assert!(operation["responses"].get(&status).is_some(), "{method} {path}: {status} is not described");
            assert!(
                answer.status != 405 && (answer.status != 404 || answer.code() != "REQUEST_NOT_FOUND"),
                "{method} {path}"
            );
        }
        // The other methods are known not to be there.
        for method in METHODS.iter().filter(|method| operations.get(*method).is_none()) {
            let target = path.replace("{id}", &"0".repeat(8)).replace("{subject}", "book:1");
            let status = world.ask(&ada, &method.to_uppercase(), &target, &[("tus-resumable", "1.0.0")], b"").status;
            assert!(matches!(status, 400 | 403 | 405), "{method} {path}: {status}");
        }
    }
    assert_eq!(ids.len(), 17);
}

#[test]
fn strangers_and_readers_are_told_so_everywhere() {
    let world = World::new(&[]);
    let tenant = world.tenant("roles-files");
    let stranger = Who::stranger(&tenant, [192, 0, 2, 1].into());
    let reader = stranger.clone().user("r", "reader");
    for (path, operations) in description()["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|method| *method != "options") {
            let target = path.replace("{id}", "019b7700-0000-7000-8000-000000000001").replace("{subject}", "book:1");
            let ask =
                |who: &Who| world.ask(who, &method.to_uppercase(), &target, &[("tus-resumable", "1.0.0")], b"").status;
            assert_eq!(ask(&reader), 403, "{method} {path}");
            assert!(matches!(ask(&stranger), 401 | 403), "{method} {path}");
        }
    }
}

#[test]
fn one_tenant_sees_nothing_of_another() {
    let world = World::new(&[]);
    let (one, two) = (world.tenant("tenant-one"), world.tenant("tenant-two"));
    let file = store(&world, &author(&one, "ada"), "a.png", &png(100, 1), json!({ "visibility": "public" }));
    let owner = Who::stranger(&two, [192, 0, 2, 1].into()).user("ada", "owner");
    for (path, operations) in
        description()["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("{id}"))
    {
        for method in operations.as_object().unwrap().keys() {
            let target = path.replace("{id}", text(&file, "id")).replace("{subject}", "book:1");
            let fields = [("content-type", "application/json"), ("if-match", "*"), ("tus-resumable", "1.0.0")];
            let status = world.ask(&owner, &method.to_uppercase(), &target, &fields, b"{}").status;
            assert_eq!(status, 404, "{method} {path}");
        }
    }
    for key in [format!("f/{two}/{}", text(&file, "sha256")), format!("o/{two}/{}", text(&file, "sha256"))] {
        assert_eq!(world.get(&Who::edge("eu"), &format!("/_aw/values?key={key}")).status, 404);
    }
    assert_eq!(world.get(&owner, "/v1/files").expect(200).data(), json!([]));
}
