//! Public files, and how a file is named where it is downloaded.

use serde::{Deserialize, Serialize};

/// The record under [`key::file`](crate::key::file): what an edge needs to serve a public file from `/files/SHA256/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicFile {
    /// In bytes; at most [`object::MAX`](crate::object::MAX).
    pub size: u64,
    /// What its bytes are.
    pub media_type: String,
    /// The names that it has.
    pub names: Vec<String>,
}

/// Whether a browser that opened bytes of this type would run what is in them, as a page of the host that they came
/// from.
pub fn is_active(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    matches!(essence, "text/html" | "application/xhtml+xml" | "image/svg+xml" | "text/xml" | "application/xml")
}

/// The value of `Content-Disposition` (RFC 6266): a name in ASCII for old clients, and where it is another one the
/// name itself as RFC 5987 has it.
///
/// ```
/// use aw_model::file::disposition;
/// assert_eq!(disposition(true, "cover.png"), "attachment; filename=\"cover.png\"");
/// assert_eq!(
///     disposition(false, "Grüße \"2\".pdf"),
///     "inline; filename=\"Gr__e _2_.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%222%22.pdf"
/// );
/// ```
pub fn disposition(attachment: bool, name: &str) -> String {
    let kind = if attachment { "attachment" } else { "inline" };
    // What is escaped in a quoted string is read in many ways: a percent sign too.
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%' | '/' | ';');
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    if ascii == name {
        return format!("{kind}; filename=\"{name}\"");
    }
    // RFC 5987, section 3.2.1: attr-char.
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", escape(name, b"!#$&+-.^_`|~"))
}

/// Where everybody reads a public file: a path of the press's site.
///
/// ```
/// assert_eq!(aw_model::file::path("00ff", "a b?.png"), "/files/00ff/a%20b%3F.png");
/// ```
pub fn path(sha256: &str, name: &str) -> String {
    format!("/files/{sha256}/{}", escape(name, b"-._~"))
}

fn escape(text: &str, kept: &[u8]) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(3 * text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || kept.contains(&b) {
            escaped.push(char::from(b));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{b:02X}");
        }
    }
    escaped
}
