//! Request lines that are none, and streams that are no HTTP.

use super::{
    Attack,
    judge::Expect::{self, Harmless, Refused},
};

const HEAD: &str = " HTTP/1.1\r\nHost: {host}\r\n\r\n";

pub(super) fn attacks() -> Vec<Attack> {
    let table: &[(&str, &str, Expect)] = &[
        ("no-version", "GET /books/moby-dick\r\nHost: {host}\r\n\r\n", Refused),
        ("0.9", "GET /\r\n\r\n", Refused),
        ("version-9", "GET / HTTP/9.9\r\nHost: {host}\r\n\r\n", Refused),
        ("version-in-words", "GET / HTTP/one\r\nHost: {host}\r\n\r\n", Refused),
        ("version-of-another-protocol", "GET / FTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("version-in-lower-case", "GET / http/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("words-after-the-version", "GET / HTTP/1.1 {hidden}\r\nHost: {host}\r\n\r\n", Refused),
        ("two-spaces", "GET  /  HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("tabs", "GET\t/\tHTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("space-in-the-target", "GET /books/moby dick HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("space-before", " GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("nul-in-the-method", "G\0ET / HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("nul-in-the-target", "GET /\0 HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("escape-in-the-target", "GET /\x1b[2J HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("no-method", "/ HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("brackets-in-the-method", "G[E]T / HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("cr-only", "GET / HTTP/1.1\rHost: {host}\r\r", Refused),
        ("cr-in-the-line", "GET /\r HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("connect", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", Refused),
        ("no-target", "GET HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        ("relative-target", "GET books/moby-dick HTTP/1.1\r\nHost: {host}\r\n\r\n", Refused),
        // What a recipient may take: an empty line before a request (RFC 9112, section 2.2), LF for CR LF (the same).
        ("lf-only", "GET /books/none HTTP/1.1\nHost: {host}\n\n", Harmless),
        ("empty-lines-before", "\r\n\r\nGET /books/none HTTP/1.1\r\nHost: {host}\r\n\r\n", Harmless),
        ("asterisk", "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n", Harmless),
        ("trace", "TRACE /books/none HTTP/1.1\r\nHost: {host}\r\nCookie: aw_access=secret\r\n\r\n", Harmless),
        ("preface-of-http-2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", Harmless),
    ];
    let mut all: Vec<Attack> = table.iter().map(|(name, text, expect)| Attack::text(*name, *expect, *text)).collect();
    let bytes = |name: &str, bytes: Vec<u8>| Attack::new(name, Refused, move |_| bytes.clone());
    all.push(bytes(
        "tls-hello",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07".repeat(20),
    ));
    all.push(bytes("noise", (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()));
    all.push(bytes("ssh", b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()));
    all.push(bytes("target-not-utf8", b"GET /books/\xff\xfe HTTP/1.1\r\nHost: press.localhost\r\n\r\n".to_vec()));
    all.push(Attack::text("empty-line-only", Refused, "\r\n\r\n").cut());
    all.push(Attack::text("method-of-10-kb", Refused, format!("{} /{HEAD}", "M".repeat(10_000))));
    all
}
