//! The description of the routes of factors.

use std::collections::BTreeSet;

use aw_openapi::document;

#[test]
fn every_operation_is_described_once() {
    let all = aw_origin_user::operations();
    let document = document("1.0.0", &all);
    let paths = document["paths"].as_object().unwrap();
    let described: Vec<(&String, &String)> =
        paths.iter().flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |m| (path, m))).collect();
    assert_eq!(described.len(), all.len(), "{described:?}");
    let ids: BTreeSet<&str> =
        described.iter().map(|(path, method)| paths[*path][*method]["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len());
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Proof"]["additionalProperties"], false);
    assert_eq!(
        schemas["AssertionResponse"]["required"],
        serde_json::json!(["clientDataJSON", "authenticatorData", "signature"])
    );
    // A login's answer is one of two shapes.
    let login = &schemas["ProviderLogin"];
    assert_eq!(login["anyOf"].as_array().map(Vec::len), Some(2), "{login}");
}
