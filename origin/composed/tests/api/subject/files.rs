//! Files of the author's.

use serde_json::{Value, json};

use crate::{press::Press, text, things::Things};

/// A picture of one pixel, as far as its first bytes say.
pub(crate) const PNG: [u8; 64] = {
    let head = *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let mut bytes = [7; 64];
    let mut n = 0;
    while n < head.len() {
        bytes[n] = head[n];
        n += 1;
    }
    bytes
};

/// A file as far as the operation is about it: announced, arrived, or stored.
pub(super) fn make(press: &Press<'_>, operation: &str) -> Things {
    let author = press.person("author", "author");
    let subject = format!("book:{}", press.next());
    if matches!(operation, "getUploadOffset" | "appendUpload" | "endUpload") {
        let length = PNG.len().to_string();
        let fields = [("tus-resumable", "1.0.0"), ("upload-length", length.as_str())];
        let begun = press.ask(Some(&author.token), ("POST", "/v1/uploads"), &fields, b"").expect(201);
        let location = begun.headers["location"].to_str().expect("a path");
        return Things::default().with("id", location.rsplit('/').next().expect("an id"));
    }
    let name = format!("{}-{}.png", press.marker, press.next());
    let new = json!({ "name": name, "size": PNG.len(), "mediaType": "image/png" });
    let begun = press.json(&author, "POST", "/v1/files", &new).expect(201).data();
    let id = text(&begun["file"], "id");
    let things = Things::default().with("id", id).with("subject", subject.as_str());
    if operation == "getUpload" {
        return things;
    }
    let request = &begun["upload"]["requests"][0];
    let headers = request["headers"].as_object().expect("headers");
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str().expect("a value"))).collect();
    let _ = press.world.fetch(text(request, "method"), text(request, "url"), &headers, &PNG).expect(200);
    if operation != "completeFile" {
        let _ = press.json(&author, "POST", &format!("/v1/files/{id}/complete"), &Value::Null).expect(200);
    }
    if operation == "releaseFile" {
        let target = format!("/v1/files/{id}/references/{subject}");
        let _ = press.json(&author, "PUT", &target, &Value::Null).expect(204);
    }
    things
}
