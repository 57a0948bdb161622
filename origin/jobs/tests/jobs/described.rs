//! What is described is what answers.

use aw_openapi::document;
use aw_origin_harness::{Who, World};

use super::{ask, book, somebody, text};

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

#[test]
fn every_route_answers_as_it_is_described() {
    let world = World::new(&[]);
    let tenant = world.tenant("described-jobs");
    let id = book(&world, &tenant);
    let description = document("1.0.0", &aw_origin_jobs::operations());
    let reader = somebody(&tenant, "r", "reader");
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in METHODS {
            let job = ask(&world, &Who::operator(&tenant), &id);
            let target = path.replace("{id}", text(&job, "id"));
            let fields = [("content-type", "application/json")];
            let answer = world.ask(&Who::operator(&tenant), &method.to_uppercase(), &target, &fields, b"{}");
            let status = answer.status.to_string();
            match operations.get(method) {
                Some(operation) => assert!(operation["responses"].get(&status).is_some(), "{method} {path}: {status}"),
                None => assert_eq!(answer.status, 405, "{method} {path}"),
            }
            if path.starts_with("/_aw") {
                assert_eq!(world.ask(&reader, &method.to_uppercase(), &target, &fields, b"{}").status, 403);
            }
            let _ = world.ask(&Who::operator(&tenant), "DELETE", &format!("/v1/jobs/{}", text(&job, "id")), &[], b"");
        }
    }
}
