//! More than anyone has to take.

use super::{
    Attack,
    judge::Expect::{Error, Refused},
};

pub(super) fn attacks() -> Vec<Attack> {
    let text = |name: &str, text: String| Attack::text(name, Refused, text);
    let head = |fields: String| format!("GET /v1/books HTTP/1.1\r\nHost: {{host}}\r\n{fields}\r\n");
    let field = |n: usize| format!("X-Field: {}\r\n", "v".repeat(n));
    let many = |n: usize| (0..n).map(|i| format!("X-{i}: v\r\n")).collect::<String>();
    let get = |n: usize| format!("GET /{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "a".repeat(n));
    vec![
        Attack::get("target-of-9-kb", Error(414, "REQUEST_URL_TOO_LONG"), format!("/{}", "a".repeat(9_000)), &[]),
        text("target-of-60-kb", get(60_000)),
        text("target-of-1-mb", get(1 << 20)),
        text("query-of-100-kb", format!("GET /v1/books?{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "x=1&".repeat(25_000))),
        text("field-of-70-kb", head(field(70_000))),
        text("field-of-1-mb", head(field(1 << 20))),
        text("fields-of-1-mb", head(field(7_000).repeat(150))),
        text("fields-without-an-end", head(field(7_000).repeat(300)).trim_end().to_owned()),
        text("200-fields", head(many(200))),
        text("20000-fields", head(many(20_000))),
        text("name-of-70-kb", head(format!("X-{}: v\r\n", "n".repeat(70_000)))),
        text("cookie-of-70-kb", head(format!("Cookie: aw_access={}\r\n", "c".repeat(70_000)))),
        text("20000-cookies", head(format!("Cookie: {}x=1\r\n", "aw_access=1; ".repeat(20_000)))),
        text("1-mb-of-one-letter", "A".repeat(1 << 20)),
        text("1-mb-of-line-ends", "\r\n".repeat(1 << 19)),
        text(
            "announced-10-mb",
            "POST /v1/imports HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10000000\r\n\r\n".to_owned(),
        ),
        text(
            "announced-10-mb-politely",
            "POST /v1/imports HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"
                .to_owned(),
        ),
        Attack::new("body-of-9-mb", Refused, |_| super::request("POST", "/v1/imports", &[], &vec![b'x'; 9 << 20])),
        Attack::new("body-of-9-mb-in-chunks", Refused, |_| {
            let head = b"POST /v1/imports HTTP/1.1\r\nHost: press.localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
            let chunk = [b"100000\r\n".as_slice(), &[b'x'; 1 << 20], b"\r\n"].concat();
            [head.as_slice(), &chunk.repeat(9), b"0\r\n\r\n"].concat()
        }),
        Attack::new("login-of-20-kb", Error(413, "REQUEST_BODY_TOO_LARGE"), |_| {
            let body = format!("{{\"email\":\"{}\"}}", "a".repeat(20_000));
            super::request("POST", "/v1/auth/login", &[("Content-Type", "application/json")], body.as_bytes())
        }),
    ]
}
