//! Header fields that are none, and those that two readers would read differently (RFC 9112, section 5).

use super::{
    Attack,
    judge::Expect::{self, Harmless, Page, Refused, Status},
};

pub(super) fn attacks() -> Vec<Attack> {
    // A field between `Host` and the end of the head.
    let table: &[(&str, &str, Expect)] = &[
        ("space-before-the-colon", "X-Field : 1\r\n", Refused),
        ("tab-before-the-colon", "X-Field\t: 1\r\n", Refused),
        ("space-in-the-name", "X Field: 1\r\n", Refused),
        ("empty-name", ": 1\r\n", Refused),
        ("no-colon", "X-Field\r\n", Refused),
        ("parentheses-in-the-name", "X(Field): 1\r\n", Refused),
        ("quotes-in-the-name", "\"X\": 1\r\n", Refused),
        ("slash-in-the-name", "X/Y: 1\r\n", Refused),
        ("control-in-the-name", "X\x01Y: 1\r\n", Refused),
        ("letters-beyond-ascii-in-the-name", "Ünïcode: 1\r\n", Refused),
        ("nul-in-the-value", "X-Field: a\0b\r\n", Refused),
        ("cr-in-the-value", "X-Field: a\rX-Other: b\r\n", Refused),
        ("cr-cr-lf", "X-Field: a\r\r\n", Refused),
        ("folded", "X-Field: a\r\n b\r\n", Refused),
        ("folded-by-a-tab", "X-Field: a\r\n\tb\r\n", Refused),
        ("a-line-of-space", "X-Field: a\r\n \r\nX-Other: b\r\n", Refused),
        ("space-before-the-name", " X-Field: a\r\n", Refused),
        ("escape-in-the-value", "X-Field: \x1b[2Ja\r\n", Harmless),
        ("delete-in-the-value", "X-Field: a\x7fb\r\n", Harmless),
        ("lf-in-the-value", "X-Field: a\nX-Other: b\r\n", Harmless),
        ("underscored-twin", "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n", Harmless),
        ("connection-names-everything", "Connection: host, cookie, authorization, x-request-id, close\r\n", Harmless),
        (
            "upgrade-to-http-2",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            Harmless,
        ),
        ("expect-the-unknown", "Expect: 200-ok\r\n", Harmless),
    ];
    let mut all: Vec<Attack> = table
        .iter()
        .map(|(name, field, expect)| {
            Attack::text(*name, *expect, format!("GET /books/none HTTP/1.1\r\nHost: {{host}}\r\n{field}\r\n"))
        })
        .collect();
    // Bytes that are no text in values that the gateway reads: a stranger without conditions or range gets the page.
    for name in ["Cookie", "If-None-Match", "Range", "If-Range", "X-Request-ID", "Origin", "Content-Type", "Accept"] {
        let bytes = [
            b"GET /books/none HTTP/1.1\r\nHost: press.localhost\r\n",
            name.as_bytes(),
            b": \xff\xfe;=\"\xc3\x28\r\n\r\n",
        ];
        let bytes = bytes.concat();
        all.push(Attack::new(format!("no-text-in-{}", name.to_lowercase()), Page(404), move |_| bytes.clone()));
    }
    let bytes = b"GET /v1/books HTTP/1.1\r\nHost: press.localhost\r\nAuthorization: Bearer \xff\xfe\r\n\r\n";
    all.push(Attack::new("no-text-in-authorization", Status(401), move |_| bytes.to_vec()));
    all
}
