//! One line per request.

use aw_edge_core::Call;
use aw_platform::{Platform, Request};
use http::StatusCode;
use serde::Serialize;

/// The longest method and path that are written down, in bytes.
const METHOD: usize = 32;
const PATH: usize = 512;

/// What is known of a request. No address, no query, no header of the reader's: they are theirs.
pub(crate) struct Record {
    began: u64,
    method: String,
    path: String,
    /// The tenant's id.
    pub(crate) tenant: Option<String>,
    /// The error's code.
    pub(crate) code: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    level: &'a str,
    event: &'a str,
    request_id: &'a str,
    edge: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    method: String,
    path: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// Milliseconds until the head was there.
    ms: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

impl Record {
    pub(crate) fn begin<P: Platform>(call: &Call<P>, request: &Request<P>) -> Self {
        Self {
            began: call.platform.now(),
            method: start(request.method().as_str(), METHOD).to_owned(),
            path: start(request.uri().path(), PATH).to_owned(),
            tenant: None,
            code: None,
        }
    }

    pub(crate) fn end<P: Platform>(self, call: &Call<P>, status: StatusCode) {
        let line = Line {
            level: if status.is_server_error() { "error" } else { "info" },
            event: "request",
            request_id: &call.id,
            edge: &call.edge.name,
            tenant: self.tenant,
            method: self.method,
            path: self.path,
            status: status.as_u16(),
            code: self.code,
            ms: call.platform.now().saturating_sub(self.began),
            detail: call.notes(),
        };
        // Strings and numbers are JSON.
        call.platform.emit(&serde_json::to_vec(&line).unwrap_or_default());
    }
}

/// At most `most` bytes of what is nearly always ASCII.
fn start(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
