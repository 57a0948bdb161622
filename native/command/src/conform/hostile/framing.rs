//! Requests of two lengths (RFC 9112, section 6): what one reader takes for a body is another one's next request.

use super::{
    Attack,
    judge::Expect::{self, Harmless, Refused},
};

pub(super) fn attacks() -> Vec<Attack> {
    heads().chain(chunks()).chain(cut()).collect()
}

/// Framing fields of a POST that the edge forwards, and what follows its head.
fn heads() -> impl Iterator<Item = Attack> {
    let table: &[(&str, &str, &str, Expect)] = &[
        // RFC 9112, section 6.3: the coding overrides the length, and the connection ends after the answer.
        ("length-and-coding", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n{hidden}", Harmless),
        ("coding-and-length", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n{hidden}", Harmless),
        (
            "coding-and-a-length-that-hides",
            "Transfer-Encoding: chunked\r\nContent-Length: {hidden-length}\r\n",
            "{hidden}",
            Refused,
        ),
        ("two-lengths", "Content-Length: 0\r\nContent-Length: {hidden-length}\r\n", "{hidden}", Refused),
        ("two-lengths-the-other-way", "Content-Length: {hidden-length}\r\nContent-Length: 0\r\n", "{hidden}", Refused),
        ("a-list-of-two-lengths", "Content-Length: 0, {hidden-length}\r\n", "{hidden}", Refused),
        ("the-same-length-twice", "Content-Length: 5\r\nContent-Length: 5\r\n", "12345", Harmless),
        ("a-list-of-one-length-twice", "Content-Length: 5, 5\r\n", "12345", Harmless),
        ("length-with-a-plus", "Content-Length: +5\r\n", "12345", Refused),
        ("length-below-zero", "Content-Length: -5\r\n", "12345", Refused),
        ("length-in-hexadecimal", "Content-Length: 0x5\r\n", "12345", Refused),
        ("length-with-a-fraction", "Content-Length: 5.0\r\n", "12345", Refused),
        ("length-with-an-exponent", "Content-Length: 1e3\r\n", "12345", Refused),
        ("length-with-a-space", "Content-Length: 5 0\r\n", "12345", Refused),
        ("length-with-a-letter", "Content-Length: 5x\r\n", "12345", Refused),
        ("length-of-nothing", "Content-Length:\r\n", "", Refused),
        ("length-of-a-comma", "Content-Length: ,\r\n", "", Refused),
        ("length-in-words", "Content-Length: five\r\n", "12345", Refused),
        ("length-of-2-to-the-64", "Content-Length: 18446744073709551616\r\n", "", Refused),
        ("length-of-many-digits", "Content-Length: 99999999999999999999999999999999999999999\r\n", "", Refused),
        ("length-of-2-to-the-63", "Content-Length: 9223372036854775808\r\n", "", Refused),
        ("length-with-leading-zeros", "Content-Length: 0000000000000000000005\r\n", "12345", Harmless),
        ("coding-of-nobody", "Transfer-Encoding: cow\r\n", "{hidden}", Refused),
        ("coding-of-gzip-only", "Transfer-Encoding: gzip\r\n", "{hidden}", Refused),
        ("coding-chunked-not-last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-chunked-twice", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-identity", "Transfer-Encoding: identity\r\nContent-Length: 0\r\n", "", Refused),
        ("coding-with-a-letter-before", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-with-a-control", "Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-with-a-nul", "Transfer-Encoding: chunked\0\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-in-quotes", "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n{hidden}", Refused),
        ("coding-of-nothing", "Transfer-Encoding:\r\nContent-Length: 0\r\n", "", Refused),
        ("coding-with-a-space-before-the-colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n", Refused),
        ("coding-folded", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n", Refused),
        ("coding-folded-away", "X-Field: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "12345", Refused),
    ];
    let text = |(name, fields, rest, expect): &(&'static str, &str, &str, Expect)| {
        let text = format!("POST /reflect HTTP/1.1\r\nHost: {{host}}\r\n{fields}\r\n{rest}");
        Attack::text(*name, *expect, text)
    };
    let old = "POST /reflect HTTP/1.0\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}";
    let all: Vec<Attack> = table.iter().map(text).chain([Attack::text("coding-in-1.0", Harmless, old)]).collect();
    all.into_iter()
}

/// Bodies in chunks that are none (RFC 9112, section 7.1).
fn chunks() -> impl Iterator<Item = Attack> {
    let overflow = "FFFFFFFFFFFFFFFFF\r\n12345\r\n0\r\n\r\n";
    let table: &[(&str, &str, Expect)] = &[
        ("size-in-other-letters", "G\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-below-zero", "-5\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-with-a-plus", "+5\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-with-0x", "0x5\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-of-nothing", "\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-too-large-to-count", overflow, Refused),
        ("size-with-a-space-before", " 5\r\n12345\r\n0\r\n\r\n", Refused),
        ("size-ended-by-cr", "5\r12345\r\n0\r\n\r\n", Refused),
        ("size-ended-by-nul", "5\0\r\n12345\r\n0\r\n\r\n", Refused),
        ("data-longer-than-its-size", "5\r\n1234567\r\n0\r\n\r\n", Refused),
        ("data-without-its-end", "5\r\n123450\r\n\r\n", Refused),
        ("size-ended-by-lf", "5\n12345\n0\n\n{hidden}", Refused),
        ("size-with-a-space-after", "5 \r\n12345\r\n0\r\n\r\n", Harmless),
        ("extension-of-lf", "5;x\n12345\r\n0\r\n\r\n", Refused),
        ("trailer-without-a-colon", "5\r\n12345\r\n0\r\nX-Trailer\r\n\r\n", Harmless),
        ("trailer-that-frames", "5\r\n12345\r\n0\r\nContent-Length: {hidden-length}\r\n\r\n", Harmless),
        ("trailer-that-identifies", "5\r\n12345\r\n0\r\nX-Aw-User: owner\r\n\r\n", Harmless),
    ];
    let head = "POST /reflect HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut all: Vec<Attack> = table
        .iter()
        .map(|(name, body, expect)| Attack::text(format!("chunks-{name}"), *expect, format!("{head}{body}")))
        .collect();
    let extension = format!("{head}5;{}\r\n12345\r\n0\r\n\r\n", "x".repeat(100_000));
    all.push(Attack::text("chunks-extension-of-100-kb", Harmless, extension));
    let ones = format!("{head}{}0\r\n\r\n", "1;ext=ext\r\na\r\n".repeat(20_000));
    all.push(Attack::text("chunks-20000-of-one-byte", Harmless, ones));
    let trailers = format!("{head}0\r\n{}\r\n", "X-Trailer: 1\r\n".repeat(20_000));
    all.push(Attack::text("chunks-20000-trailers", Harmless, trailers));
    all.into_iter()
}

/// Requests that end before their end.
fn cut() -> impl Iterator<Item = Attack> {
    let chunked = "POST /reflect HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = [
        ("chunks-size-of-2-to-the-63", "8000000000000000\r\n12345"),
        ("chunks-data-shorter-than-its-size", "ff\r\n12345\r\n0\r\n\r\n"),
        ("chunks-last-chunk-is-missing", "5\r\n12345\r\n"),
        ("chunks-no-chunk-at-all", "12345"),
        ("cut-in-a-chunk", "ff\r\n123"),
    ];
    let heads = [
        ("cut-in-the-line", "GET /books/mo"),
        ("cut-in-the-head", "GET / HTTP/1.1\r\nHost: {host}\r\nX-Fie"),
        ("cut-in-the-body", "POST /reflect HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n12345"),
        ("cut-before-the-body", "POST /reflect HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n"),
    ];
    let heads = heads.into_iter().map(|(name, text)| Attack::text(name, Refused, text).cut());
    heads.chain(
        chunks.into_iter().map(move |(name, body)| Attack::text(name, Refused, format!("{chunked}{body}")).cut()),
    )
}
