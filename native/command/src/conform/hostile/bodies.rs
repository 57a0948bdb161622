//! Writes that cannot prove where they come from, and bodies that are not what they should be.

use super::{
    Attack,
    forge::Forge,
    judge::Expect::{self, Error, Page, Refused, Taken},
    request,
};

const CSRF: Expect = Error(403, "AUTH_CSRF_INVALID");
const FOREIGN: Expect = Error(403, "AUTH_ORIGIN_FOREIGN");
const BODY: Expect = Error(400, "REQUEST_BODY_INVALID");
const KIND: Expect = Error(415, "REQUEST_CONTENT_TYPE");

pub(super) fn attacks() -> Vec<Attack> {
    let mut all: Vec<Attack> = browsers().collect();
    all.extend(json());
    all.extend(forms());
    all.extend(methods());
    all
}

/// What another site's page makes a reader's browser send.
fn browsers() -> impl Iterator<Item = Attack> {
    type Fields = fn(&Forge) -> Vec<(&'static str, String)>;
    let table: [(&str, Expect, &str, Fields); 9] = [
        ("write-without-csrf", CSRF, "/v1/books", |f| vec![access(f)]),
        ("write-with-empty-csrf", CSRF, "/v1/books", |f| vec![access(f), csrf("")]),
        ("write-with-any-csrf", CSRF, "/v1/books", |f| {
            vec![access(f), csrf("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
        }),
        ("write-with-a-csrf-cookie-of-its-own", CSRF, "/v1/books", |f| {
            vec![("Cookie", format!("aw_access={}; aw_csrf=mine", f.token())), csrf("mine")]
        }),
        ("write-from-another-site", FOREIGN, "/v1/books", |f| vec![access(f), origin("https://evil.example")]),
        ("write-from-nowhere", FOREIGN, "/v1/books", |f| vec![access(f), origin("null")]),
        ("write-from-a-child", FOREIGN, "/v1/books", |f| vec![access(f), origin("http://x.press.localhost")]),
        ("refresh-without-csrf", CSRF, "/v1/auth/refresh", |_| vec![("Cookie", "aw_refresh=stolen".into())]),
        ("login-from-another-site", FOREIGN, "/v1/auth/login", |_| vec![origin("https://evil.example")]),
    ];
    table.into_iter().map(|(name, expect, path, fields)| {
        Attack::new(name, expect, move |forge| {
            let fields = fields(forge);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            request("POST", path, &fields, b"")
        })
    })
}

fn access(forge: &Forge) -> (&'static str, String) {
    ("Cookie", format!("aw_access={}", forge.token()))
}

fn csrf(token: &str) -> (&'static str, String) {
    ("X-CSRF-Token", token.to_owned())
}

fn origin(origin: &str) -> (&'static str, String) {
    ("Origin", origin.to_owned())
}

/// Bodies to the routes of `/v1/auth`.
fn json() -> impl Iterator<Item = Attack> {
    let deep = "[".repeat(10_000);
    let texts: [(&str, String); 9] = [
        ("json-cut", "{\"refreshToken\":\"a".into()),
        ("json-of-a-number", "1".into()),
        ("json-of-another-kind", "{\"refreshToken\":1}".into()),
        ("json-twice", "{\"refreshToken\":\"a\",\"refreshToken\":\"b\"}".into()),
        ("json-deep", deep),
        ("json-of-half-a-character", "{\"refreshToken\":\"\\ud800\"}".into()),
        ("json-with-a-nul", "{\"refreshToken\":\"a\0\"}".into()),
        ("json-with-more-after-it", "{}{}".into()),
        ("json-that-is-a-form", "refreshToken=a".into()),
    ];
    let kinds = [
        ("json-as-text", "text/plain"),
        ("json-as-a-form", "application/x-www-form-urlencoded"),
        ("json-as-another", "application/jsonp"),
        ("json-as-nothing", ""),
    ];
    let bytes = |bytes: &'static [u8]| {
        move |_: &Forge| request("POST", "/v1/auth/refresh", &[("Content-Type", "application/json")], bytes)
    };
    let texts = texts.into_iter().map(|(name, text)| {
        Attack::new(name, BODY, move |_| {
            request("POST", "/v1/auth/refresh", &[("Content-Type", "application/json")], text.as_bytes())
        })
    });
    let kinds = kinds.into_iter().map(|(name, kind)| {
        Attack::new(name, KIND, move |_| request("POST", "/v1/auth/login", &[("Content-Type", kind)], b"{}"))
    });
    texts.chain(kinds).chain([Attack::new("json-that-is-no-utf8", BODY, bytes(b"{\"refreshToken\":\"\xff\xfe\"}"))])
}

/// The forms that need no JavaScript.
fn forms() -> impl Iterator<Item = Attack> {
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    type Case = (&'static str, Expect, &'static str, (&'static str, &'static str), &'static str);
    let table: [Case; 4] = [
        ("form-without-csrf", Page(403), "/login", form, "email=a%40b.example&password=p"),
        ("form-with-any-csrf", Page(403), "/register", form, "email=a%40b.example&password=p&csrf=a.b"),
        ("form-as-json", Page(415), "/login", ("Content-Type", "application/json"), "{}"),
        ("form-of-broken-escapes", Page(403), "/login", form, "email=%ff%zz%&password=%00&csrf=%"),
    ];
    let many = format!("csrf=x&{}", "a=1&".repeat(4_000));
    let away = Taken(|reply| {
        let kept = reply.status() == 200 && !reply.text().contains("evil.example");
        if kept { Ok(()) } else { Err("the form leads elsewhere".to_owned()) }
    });
    let table = table.into_iter().map(|(name, expect, path, kind, body)| {
        Attack::new(name, expect, move |_| request("POST", path, &[kind], body.as_bytes()))
    });
    table.chain([
        Attack::new("form-of-4000-fields", Page(403), move |_| request("POST", "/login", &[form], many.as_bytes())),
        Attack::get("form-that-leads-elsewhere", away, "/login?next=//evil.example/", &[]),
        Attack::get("form-that-leads-elsewhere-escaped", away, "/login?next=%2f%5cevil.example/", &[]),
    ])
}

/// Methods that a page does not know.
fn methods() -> impl Iterator<Item = Attack> {
    let table = [
        ("method-delete", "DELETE", "/books/moby-dick/1", Page(405)),
        ("method-put", "PUT", "/login", Page(405)),
        ("method-of-nobody", "BREW", "/books/moby-dick", Refused),
        ("method-in-lower-case", "get", "/books/moby-dick", Refused),
        ("method-post-to-a-session", "POST", "/v1/auth/session", Error(405, "REQUEST_METHOD_NOT_ALLOWED")),
        ("method-post-to-health", "POST", "/health", Error(405, "REQUEST_METHOD_NOT_ALLOWED")),
        (
            "method-delete-of-values",
            "DELETE",
            "/_aw/values?key=m/press/moby-dick",
            Error(405, "REQUEST_METHOD_NOT_ALLOWED"),
        ),
    ];
    table.into_iter().map(|(name, method, path, expect)| Attack {
        method,
        ..Attack::new(name, expect, move |_| request(method, path, &[], b""))
    })
}
