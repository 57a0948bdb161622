//! All operations as one document.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::Operation;

/// The document (OpenAPI 3.1.0), of the API's version `version`.
pub fn document(version: &str, operations: &[Operation]) -> Value {
    let mut generator =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into()).into_generator();
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.json(&mut generator);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Meta".into(), meta());
    schemas.insert("Pagination".into(), pagination());
    schemas.insert("Error".into(), error());
    let mut tags: Vec<&str> = operations.iter().map(|operation| operation.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let tags: Vec<_> = tags.into_iter().map(|tag| json!({ "name": tag })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "AuthorWorks",
            "version": version,
            "description": "A press's books, readers and sales. Each host is a press of its own.",
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Error": {
                "description": "Why not",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
            } },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "cookie": {
                    "type": "apiKey", "in": "cookie", "name": "aw_access",
                    "description": "A browser's; a write with it needs X-CSRF-Token too.",
                },
                "operator": {
                    "type": "apiKey", "in": "header", "name": "Signature",
                    "description": "RFC 9421, by a key that only the operator has (docs/protocol.md).",
                },
            },
        },
    })
}

fn meta() -> Value {
    json!({
        "type": "object",
        "required": ["requestId", "timestamp"],
        "properties": {
            "requestId": { "type": "string" },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    })
}

fn pagination() -> Value {
    json!({
        "type": "object",
        "required": ["nextCursor", "limit"],
        "properties": {
            "nextCursor": { "type": ["string", "null"], "description": "`cursor` of the page after this one" },
            "limit": { "type": "integer" },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "required": ["code", "message", "requestId"],
            "properties": {
                "code": { "type": "string", "pattern": "^[A-Z0-9]+(_[A-Z0-9]+)+$" },
                "message": { "type": "string" },
                "details": {},
                "requestId": { "type": "string" },
            },
        } },
    })
}
