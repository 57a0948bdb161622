//! Records: one line each, to the log endpoint [`ENDPOINT`], or to the standard output where the service has none of
//! that name.

use std::{cell::OnceCell, io::Write};

use crate::abi::Log;

/// The name of the log endpoint.
pub const ENDPOINT: &str = "authorworks";

thread_local! {
    static LOG: OnceCell<Option<Log>> = const { OnceCell::new() };
}

pub(crate) fn emit(record: &[u8]) {
    let log = LOG.with(|log| *log.get_or_init(|| Log::open(ENDPOINT).ok()));
    if log.is_some_and(|log| log.write(record).is_ok()) {
        return;
    }
    // In one piece, with its end: the standard output is a line per write. Nobody is left to tell where it fails.
    let mut line = record.to_vec();
    line.push(b'\n');
    let _ = std::io::stdout().lock().write_all(&line);
}

/// Writes a record of this platform's own.
pub(crate) fn event(event: &str, request_id: &str, detail: &str) {
    let record = serde_json::json!({ "level": "error", "event": event, "requestId": request_id, "detail": detail });
    emit(record.to_string().as_bytes());
}
