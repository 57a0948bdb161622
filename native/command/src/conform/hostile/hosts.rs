//! Hosts that are none, that are two, and that are not ours (RFC 9112, section 3.2).

use super::{
    Attack,
    judge::Expect::{self, Error, Harmless, Refused},
};

const NOBODY: Expect = Error(404, "TENANT_NOT_FOUND");

pub(super) fn attacks() -> Vec<Attack> {
    let table: &[(&str, &str, Expect)] = &[
        ("none", "", Refused),
        ("empty", "Host:\r\n", Refused),
        ("two", "Host: {host}\r\nHost: evil.example\r\n", Refused),
        ("two-the-other-way", "Host: evil.example\r\nHost: {host}\r\n", Refused),
        ("a-list", "Host: {host}, evil.example\r\n", Refused),
        ("with-a-path", "Host: {host}/books\r\n", Refused),
        ("with-a-query", "Host: {host}?x\r\n", Refused),
        ("with-a-fragment", "Host: {host}#x\r\n", Refused),
        ("with-a-user", "Host: evil@{host}\r\n", Refused),
        ("with-a-space", "Host: press .localhost\r\n", Refused),
        ("with-a-backslash", "Host: {host}\\evil\r\n", Refused),
        ("with-a-scheme", "Host: http://{host}\r\n", Refused),
        ("with-dots-that-climb", "Host: ../m/press/moby-dick\r\n", Refused),
        ("with-a-key-of-the-store", "Host: h/{host}\r\n", Refused),
        ("with-an-escape", "Host: press%2elocalhost\r\n", Refused),
        ("beyond-ascii", "Host: prëss.localhost\r\n", Refused),
        ("port-that-is-none", "Host: {host}:x\r\n", Refused),
        ("port-too-large", "Host: {host}:99999\r\n", Harmless),
        ("of-nobody", "Host: evil.example\r\n", NOBODY),
        ("of-an-address", "Host: 127.0.0.1\r\n", NOBODY),
        ("of-an-address-of-ipv6", "Host: [::1]:80\r\n", NOBODY),
        ("of-a-tenants-parent", "Host: localhost\r\n", NOBODY),
        ("of-a-tenants-child", "Host: x.{host}\r\n", NOBODY),
    ];
    let mut all: Vec<Attack> = table
        .iter()
        .map(|(name, field, expect)| Attack::text(*name, *expect, format!("GET /v1/books HTTP/1.1\r\n{field}\r\n")))
        .collect();
    let long = format!("GET /v1/books HTTP/1.1\r\nHost: {}.localhost\r\n\r\n", "a".repeat(300));
    all.push(Attack::text("of-300-letters", Refused, long));
    let target = "GET http://evil.example/v1/books HTTP/1.1\r\nHost: {host}\r\n\r\n";
    all.push(Attack::text("another-in-the-target", Refused, target));
    all
}
