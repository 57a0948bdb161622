//! A request that is right as far as the description says, with what the things name.

mod bodies;

use std::time::SystemTime;

use aw_trust::webhook;
use serde_json::Value;

use crate::{
    body,
    document::Operation,
    press::{Person, Press, WEBHOOK_SECRET},
    subject::PNG,
    things::Things,
};

/// What is sent.
pub(crate) struct Request {
    pub(crate) target: String,
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The headers.
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The request of `caller` (or of a stranger) at a press.
pub(crate) fn of(
    press: &Press<'_>,
    document: &Value,
    operation: &Operation,
    things: &Things,
    caller: Option<&Person>,
) -> Request {
    let mut target = operation.path.clone();
    for parameter in operation.parameters("path") {
        let name = parameter["name"].as_str().expect("a name");
        target = target.replace(&format!("{{{name}}}"), value(operation, things, name));
    }
    let queries = operation.parameters("query").filter(|parameter| parameter["required"] == true);
    for (n, parameter) in queries.enumerate() {
        let name = parameter["name"].as_str().expect("a name");
        let separator = if n == 0 { '?' } else { '&' };
        target.push_str(&format!("{separator}{name}={}", value(operation, things, name)));
    }
    let (media_type, body) = content(press, document, operation, things, caller);
    let mut fields: Vec<(String, String)> = Vec::new();
    fields.extend(media_type.map(|media_type| ("content-type".to_owned(), media_type)));
    for parameter in operation.parameters("header") {
        let name = parameter["name"].as_str().expect("a name");
        fields.extend(header(name, &body).map(|value| (name.to_lowercase(), value)));
    }
    Request { target, fields, body }
}

/// What a parameter of the path or the query is.
fn value<'t>(operation: &Operation, things: &'t Things, name: &str) -> &'t str {
    match name {
        "confirm" => things.get("id"),
        _ => number(operation, name).unwrap_or_else(|| things.get(name)),
    }
}

/// What a parameter is that numbers something: a revision, a picture, or a chapter of a published book, of which the
/// second is for members.
pub(crate) fn number(operation: &Operation, name: &str) -> Option<&'static str> {
    match name {
        "number" if operation.id == "getPicture" => Some("0"),
        "number" if operation.id == "getPublishedChapter" => Some("2"),
        "number" | "from" => Some("1"),
        "to" => Some("2"),
        _ => None,
    }
}

fn header(name: &str, body: &[u8]) -> Option<String> {
    match name {
        "If-Match" => Some("*".into()),
        "Tus-Resumable" => Some("1.0.0".into()),
        "Upload-Length" => Some(PNG.len().to_string()),
        "Upload-Offset" => Some("0".into()),
        "Stripe-Signature" => {
            let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
            Some(webhook::sign(body, &[WEBHOOK_SECRET], now))
        }
        // What may be left out is.
        "Idempotency-Key" | "If-None-Match" | "Upload-Checksum" | "Upload-Metadata" => None,
        _ => panic!("no value is known for the header {name}"),
    }
}

/// The body and its media type.
fn content(
    press: &Press<'_>,
    document: &Value,
    operation: &Operation,
    things: &Things,
    caller: Option<&Person>,
) -> (Option<String>, Vec<u8>) {
    let Some(content) = operation.json["requestBody"]["content"].as_object() else { return (None, Vec::new()) };
    if let Some(json) = content.get("application/json") {
        let mut value = body::sample(document, &json["schema"]);
        if let Some(over) = bodies::over(press, operation, things, caller) {
            body::merge(&mut value, over);
        }
        return (Some("application/json".into()), value.to_string().into_bytes());
    }
    let bytes = |media_type: &str| match media_type {
        "text/markdown" => format!("# {}\n\n## One\n\nText.\n", press.marker).into_bytes(),
        _ => PNG.to_vec(),
    };
    let preferred = ["text/markdown", "image/png", "application/offset+octet-stream"];
    let media_type = preferred.into_iter().find(|media_type| content.contains_key(*media_type));
    let media_type = media_type.unwrap_or_else(|| panic!("no body is known for {}", operation.name()));
    (Some(media_type.to_owned()), bytes(media_type))
}
