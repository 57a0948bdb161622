//! One line per request.

use aw_edge_core::Call;
use aw_platform::{Platform, Request};
use http::StatusCode;
use serde_json::json;

/// The longest path that is written down, in bytes.
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

impl Record {
    pub(crate) fn begin<P: Platform>(call: &Call<P>, request: &Request<P>) -> Self {
        let path = request.uri().path();
        let path = path.get(..PATH).unwrap_or(if path.len() > PATH { "" } else { path });
        Self {
            began: call.platform.now(),
            method: request.method().as_str().chars().take(32).collect(),
            path: path.to_owned(),
            tenant: None,
            code: None,
        }
    }

    pub(crate) fn end<P: Platform>(self, call: &Call<P>, status: StatusCode) {
        let level = if status.is_server_error() { "error" } else { "info" };
        let mut record = json!({
            "level": level, "event": "request", "requestId": &*call.id, "edge": call.edge.name,
            "method": self.method, "path": self.path, "status": status.as_u16(),
            "ms": call.platform.now().saturating_sub(self.began),
        });
        let notes = call.notes();
        let more = [
            ("tenant", self.tenant),
            ("code", self.code.map(str::to_owned)),
            ("detail", Some(notes).filter(|n| !n.is_empty())),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                record[name] = value.into();
            }
        }
        call.platform.emit(record.to_string().as_bytes());
    }
}
