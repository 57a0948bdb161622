//! The description of the service's routes.

use std::collections::BTreeSet;

use aw_origin_content::operations;

#[test]
fn every_operation_is_described_once_and_whole() {
    let document = aw_openapi::document("1", &operations());
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let named: BTreeSet<&str> =
                path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let described: BTreeSet<&str> =
                parameters.iter().filter(|p| p["in"] == "path").map(|p| p["name"].as_str().unwrap()).collect();
            assert_eq!(named, described, "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|s| s.len() > 5), "{method} {path}");
            if matches!(method.as_str(), "put" | "post" | "patch") {
                assert!(operation["responses"]["400"].is_object(), "{method} {path}");
            }
        }
    }
    assert!(ids.len() >= 40, "{}", ids.len());
    let chapter = &document["components"]["schemas"]["DraftChapter"]["properties"];
    assert!(chapter["openings"]["items"].is_object() && chapter["kind"].is_object(), "{chapter}");
}
