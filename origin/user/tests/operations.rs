//! The description of the routes: whole, and of routes that are there.

use std::net::IpAddr;

use aw_origin_harness::{Who, World};

#[test]
fn every_operation_is_answered_and_nothing_is_described_twice() {
    let operations = aw_origin_user::operations();
    let document = aw_openapi::document("1.0.0", &operations);
    let world = World::new(&[]);
    let tenant = world.tenant("described");
    let stranger = Who::stranger(&tenant, IpAddr::from([192, 0, 2, 1]));
    let user = stranger.clone().user("01890000-0000-7000-8000-000000000000", "owner");
    let mut seen = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            seen.push(operation["operationId"].as_str().unwrap().to_owned());
            let target = path.replace("{id}", "01890000-0000-7000-8000-000000000000").replace("{handle}", "nobody");
            for who in [&stranger, &user, &Who::operator(&tenant)] {
                let answer = world.ask(who, &method.to_uppercase(), &target, &[], b"");
                let status = answer.status.to_string();
                assert!(answer.status != 405 && answer.code() != "REQUEST_NOT_FOUND", "{method} {target} is not there");
                assert!(operation["responses"].get(&status).is_some(), "{method} {target} answers {status}");
                assert!(answer.status < 500, "{method} {target} answers {status}");
            }
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (operations.len(), operations.len()), "{seen:?}");
}
