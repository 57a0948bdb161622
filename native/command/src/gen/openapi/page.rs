//! The document as a page that needs no JavaScript.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

/// Path, method and operation of each.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The page: the operations by their tags, then the schemas.
pub(super) fn render(document: &Value) -> String {
    let mut tags: BTreeMap<&str, Vec<(&str, &str, &Value)>> = BTreeMap::new();
    for (path, method, operation) in operations(document) {
        tags.entry(operation["tags"][0].as_str().unwrap_or_default()).or_default().push((path, method, operation));
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "AuthorWorks API" }
            }
            body {
                h1 { "AuthorWorks API" }
                p { "Every route under " code { "/v1" } ", as " a href="/v1/openapi.json" { "OpenAPI 3.1" } " too." }
                nav { @for tag in tags.keys() { a href={ "#" (tag) } { (tag) } " " } }
                @for (tag, all) in &tags {
                    h2 id=(tag) { (tag) }
                    @for (path, method, operation) in all { (one(path, method, operation)) }
                }
                h2 id="schemas" { "Schemas" }
                @for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                    details id={ "schema-" (name) } { summary { code { (name) } } pre { (pretty(schema)) } }
                }
            }
        }
    };
    page.into_string()
}

fn one(path: &str, method: &str, operation: &Value) -> Markup {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    html! {
        details id=(text(&operation["operationId"])) {
            summary { b { (method.to_uppercase()) } " " code { (path) } " " (text(&operation["summary"])) }
            p { (who(operation)) }
            @if let Some(parameters) = operation["parameters"].as_array() {
                table {
                    @for p in parameters {
                        tr {
                            td { code { (text(&p["name"])) } }
                            td { (text(&p["in"])) @if p["required"] == true { ", required" } }
                            td { (text(&p["description"])) }
                        }
                    }
                }
            }
            @for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                p { "Takes " code { (media_type) } " " (reference(&content["schema"])) }
            }
            ul {
                @for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                    li {
                        (status) " "
                        @if response["$ref"].is_string() { "an error" } @else { (text(&response["description"])) }
                        @for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                            " " code { (media_type) } " " (reference(&content["schema"]["properties"]["data"]))
                        }
                    }
                }
            }
        }
    }
}

/// Who may call, in a sentence.
fn who(operation: &Value) -> String {
    let access = &operation["x-aw-access"];
    let list = |value: &Value| {
        let names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        names.join(", ")
    };
    let roles = list(&access["roles"]);
    match (access["for"].as_str().unwrap_or_default(), list(&access["own"])) {
        ("everybody", _) => "For everybody.".into(),
        ("accounts", _) => "For who is logged in.".into(),
        ("roles", own) if own.is_empty() => format!("For the roles {roles}."),
        ("roles", own) => format!("For the roles {roles}; for the role {own}, of what is their own."),
        ("collaborators", _) => {
            let least = access["least"].as_str().unwrap_or_default();
            format!("For who works on the book as its {least} or more, and for the roles {roles}.")
        }
        _ => "For the operator.".into(),
    }
}

/// A link to a schema, or the schema.
fn reference(schema: &Value) -> Markup {
    let (list, target) = match &schema["items"]["$ref"] {
        Value::String(target) => ("a list of ", Some(target.as_str())),
        _ => ("", schema["$ref"].as_str()),
    };
    html! {
        @match target.and_then(|t| t.rsplit('/').next()) {
            Some(name) => { (list) a href={ "#schema-" (name) } { (name) } }
            None if schema.is_null() => {}
            None => { code { (schema.to_string()) } }
        }
    }
}

fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default()
}
