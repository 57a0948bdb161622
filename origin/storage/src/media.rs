//! What bytes are: read from them, whatever their sender says.

/// What a file is for, and so what its type may be taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Image,
    /// Sound, or pictures that move: containers have either.
    Media,
    /// A document, or an archive: the one is often the other.
    Document,
    Text,
    Font,
}

/// How much of a file is read for its type, in bytes.
pub(crate) const HEAD: u64 = 8192;
/// What is said of a file of which nothing is known.
pub(crate) const UNKNOWN: &str = "application/octet-stream";

/// The types that files may have.
const ALLOWED: [(&str, Kind); 43] = [
    ("image/png", Kind::Image),
    ("image/jpeg", Kind::Image),
    ("image/gif", Kind::Image),
    ("image/webp", Kind::Image),
    ("image/avif", Kind::Image),
    ("image/heif", Kind::Image),
    ("image/jxl", Kind::Image),
    ("image/tiff", Kind::Image),
    ("image/bmp", Kind::Image),
    ("image/svg+xml", Kind::Image),
    ("image/vnd.adobe.photoshop", Kind::Image),
    ("audio/mpeg", Kind::Media),
    ("audio/mp4", Kind::Media),
    ("audio/ogg", Kind::Media),
    ("audio/opus", Kind::Media),
    ("audio/flac", Kind::Media),
    ("audio/wav", Kind::Media),
    ("audio/aac", Kind::Media),
    ("audio/aiff", Kind::Media),
    ("video/mp4", Kind::Media),
    ("video/webm", Kind::Media),
    ("video/quicktime", Kind::Media),
    ("video/x-matroska", Kind::Media),
    ("application/pdf", Kind::Document),
    ("application/epub+zip", Kind::Document),
    ("application/zip", Kind::Document),
    ("application/rtf", Kind::Document),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Kind::Document),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Kind::Document),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", Kind::Document),
    ("application/vnd.oasis.opendocument.text", Kind::Document),
    ("application/vnd.oasis.opendocument.spreadsheet", Kind::Document),
    ("application/vnd.oasis.opendocument.presentation", Kind::Document),
    ("text/plain", Kind::Text),
    ("text/markdown", Kind::Text),
    ("text/csv", Kind::Text),
    ("text/vtt", Kind::Text),
    ("text/html", Kind::Text),
    ("text/xml", Kind::Text),
    ("application/json", Kind::Text),
    ("font/woff", Kind::Font),
    ("font/woff2", Kind::Font),
    ("font/sfnt", Kind::Font),
];

/// Other names of the same types: what programs say, and what the sniffer does.
const ALIASES: [(&str, &str); 17] = [
    ("image/jpg", "image/jpeg"),
    ("image/heic", "image/heif"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/m4a", "audio/mp4"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/x-wav", "audio/wav"),
    ("audio/wave", "audio/wav"),
    ("audio/x-flac", "audio/flac"),
    ("audio/x-aiff", "audio/aiff"),
    ("video/x-m4v", "video/mp4"),
    ("text/x-markdown", "text/markdown"),
    ("application/xml", "text/xml"),
    ("application/xhtml+xml", "text/html"),
    ("application/x-zip-compressed", "application/zip"),
    ("application/font-sfnt", "font/sfnt"),
    ("font/ttf", "font/sfnt"),
    ("font/otf", "font/sfnt"),
];

fn kind(media_type: &str) -> Option<Kind> {
    ALLOWED.iter().find(|(name, _)| *name == media_type).map(|(_, kind)| *kind)
}

fn known(media_type: &str) -> Option<&'static str> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == media_type).map_or(media_type, |(_, name)| name);
    ALLOWED.iter().find(|(allowed, _)| *allowed == name).map(|(allowed, _)| *allowed)
}

/// The type that a sender says, by its one name; `None` where no file may have it. Parameters are left out.
pub(crate) fn said(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence.is_empty() || essence == UNKNOWN { Some(UNKNOWN) } else { known(&essence) }
}

/// Why a file's type is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is none that files may have.
    Type,
    /// It is of another kind than was said.
    Kind,
}

/// The type of a file that begins with `head`, of which its sender said `said`.
pub(crate) fn sniff(head: &[u8], said: &str) -> Result<&'static str, Wrong> {
    let found = match infer::get(head).map(|found| found.mime_type()) {
        Some("application/font-woff") if head.starts_with(b"wOF2") => "font/woff2",
        Some("application/font-woff") => "font/woff",
        Some("text/html" | "text/xml") | None => text(head, said).ok_or(Wrong::Type)?,
        Some(other) => known(other).ok_or(Wrong::Type)?,
    };
    if said == UNKNOWN || kind(said) == kind(found) { Ok(found) } else { Err(Wrong::Kind) }
}

/// The type of a text: of those that only people can tell apart the one that was said.
fn text(head: &[u8], said: &str) -> Option<&'static str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')) {
        return None;
    }
    let begin = text.trim_start_matches('\u{feff}').trim_start();
    let lower = begin.to_ascii_lowercase();
    // What a browser could take for a page is one.
    let html = ["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<style", "<title", "<h1", "<div"];
    if begin.starts_with('<') && lower.contains("<svg") {
        return Some("image/svg+xml");
    }
    if html.iter().any(|tag| lower.starts_with(tag)) || (begin.starts_with("<!--") && lower.contains("<html")) {
        return Some("text/html");
    }
    if lower.starts_with("<?xml") {
        return Some(if lower.contains("<html") { "text/html" } else { "text/xml" });
    }
    match said {
        "text/markdown" | "text/csv" | "text/vtt" | "application/json" => known(said),
        "text/html" | "text/xml" => known(said),
        _ => Some("text/plain"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

    #[test]
    fn bytes_say_what_they_are() {
        for (bytes, claim, expected) in [
            (PNG, "image/jpeg", Ok("image/png")),
            (PNG, UNKNOWN, Ok("image/png")),
            (PNG, "video/mp4", Err(Wrong::Kind)),
            (b"%PDF-1.7\n", "application/pdf", Ok("application/pdf")),
            (b"%PDF-1.7\n", "image/png", Err(Wrong::Kind)),
            (b"MZ\x90\0\x03\0\0\0", "image/png", Err(Wrong::Type)),
            (b"\x7fELF\x02\x01\x01\0", UNKNOWN, Err(Wrong::Type)),
            (b"#!/bin/sh\nrm -rf /\n", "text/plain", Err(Wrong::Type)),
            (b"# Title\n\nText", "text/markdown", Ok("text/markdown")),
            (b"a,b\n1,2\n", "text/csv", Ok("text/csv")),
            (b"Gr\xc3\xbc\xc3", UNKNOWN, Ok("text/plain")),
            (b"\xff\xfe\xfd", "text/plain", Err(Wrong::Type)),
            (b"a\0b", "text/plain", Err(Wrong::Type)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", Ok("image/svg+xml")),
            (b"<?xml version='1.0'?><!-- x --><svg/>", "text/plain", Err(Wrong::Kind)),
            (b" <!DOCTYPE html><title>x</title>", "image/png", Err(Wrong::Kind)),
            (b"<script>alert(1)</script>", "text/plain", Ok("text/html")),
            (b"wOF2\0\x01\0\0", "font/woff2", Ok("font/woff2")),
            (b"PK\x03\x04\x14\0\0\0\x08\0", "application/epub+zip", Ok("application/zip")),
        ] {
            assert_eq!(sniff(bytes, said(claim).unwrap()), expected, "{claim} {:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_said_has_one_name_or_is_refused() {
        assert_eq!(said("Image/JPG; q=1"), Some("image/jpeg"));
        assert_eq!(said(""), Some(UNKNOWN));
        assert_eq!(said("application/x-msdownload"), None);
        assert!(ALIASES.iter().all(|(_, name)| kind(name).is_some()));
    }
}
