//! Records: one line of JSON each, on the standard output.

use wasi::{cli::stdout::get_stdout, io::streams::StreamError};

/// Writes a record. The host takes a line of usual length in one piece, so that those of several instances do not
/// mix.
pub(crate) fn emit(record: &[u8]) {
    let mut line = Vec::with_capacity(record.len() + 1);
    line.extend_from_slice(record);
    line.push(b'\n');
    // Nobody is left to tell where the output is closed.
    let _ = write(&line);
}

fn write(mut line: &[u8]) -> Result<(), StreamError> {
    let out = get_stdout();
    while !line.is_empty() {
        let room = line.len().min(usize::try_from(out.check_write()?).unwrap_or(usize::MAX));
        if room == 0 {
            out.subscribe().block();
            continue;
        }
        out.write(&line[..room])?;
        line = &line[room..];
    }
    out.flush()
}

/// Writes an error record of this platform's own.
pub(crate) fn event(event: &str, request_id: &str, detail: &str) {
    let record = serde_json::json!({ "level": "error", "event": event, "requestId": request_id, "detail": detail });
    emit(record.to_string().as_bytes());
}
