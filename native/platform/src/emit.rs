//! Records: one line of JSON each, on the standard error.

use std::io::Write;

/// Writes a record in one piece, so that lines of several threads do not mix.
pub(crate) fn emit(record: &[u8]) {
    let mut line = Vec::with_capacity(record.len() + 1);
    line.extend_from_slice(record);
    line.push(b'\n');
    // Nobody is left to tell where the standard error is closed.
    let _ = std::io::stderr().lock().write_all(&line);
}

/// Writes a record of this platform's own.
pub(crate) fn event(event: &str, detail: &str) {
    emit(serde_json::json!({ "level": "error", "event": event, "detail": detail }).to_string().as_bytes());
}
