//! Tokens that are not good, sent by a program and by a browser, for a chapter that is not for everyone.

use aw_trust::token::Claims;

use super::{
    Attack,
    forge::{Forge, encode, now},
    judge::Expect::{Error, Page, Status, Taken},
    request,
};

const CHAPTER: &str = "/v1/books/moby-dick/chapters/4";

pub(super) fn attacks() -> Vec<Attack> {
    let mut all: Vec<Attack> = claims()
        .into_iter()
        .map(|(name, code, change)| {
            bearer(name, code, move |forge| {
                let mut claims = forge.claims();
                change(&mut claims);
                forge.mint(&claims)
            })
        })
        .collect();
    all.extend(
        headers()
            .iter()
            .map(|&(name, code, header)| bearer(name, code, move |forge| forge.sign(header, &json(&forge.claims())))),
    );
    all.extend(bodies().iter().map(|&(name, from, to)| {
        bearer(name, "AUTH_TOKEN_MALFORMED", move |forge| {
            let good = json(&forge.claims());
            forge.sign(HEADER, &if from.is_empty() { to.to_owned() } else { good.replacen(from, to, 1) })
        })
    }));
    all.extend(texts().into_iter().map(|(name, code, change)| bearer(name, code, move |forge| change(&forge.token()))));
    all.extend(schemes());
    all.extend(cookies());
    all
}

const HEADER: &str = r#"{"alg":"HS256","kid":"k1","typ":"JWT"}"#;

fn json(claims: &Claims) -> String {
    serde_json::to_string(claims).unwrap_or_default()
}

fn bearer(name: &str, code: &'static str, token: impl Fn(&Forge) -> String + Send + 'static) -> Attack {
    let attack = Attack::new(name, Error(401, code), move |forge| {
        request("GET", CHAPTER, &[("Authorization", &format!("Bearer {}", token(forge)))], b"")
    });
    Attack { method: "GET", ..attack }
}

type Change<T> = (&'static str, &'static str, T);

/// Tokens that the origin could have signed, but would not.
fn claims() -> [Change<fn(&mut Claims)>; 12] {
    [
        ("expired", "AUTH_TOKEN_EXPIRED", |c| (c.iat, c.exp) = (now() - 601, now() - 1)),
        ("expired-for-years", "AUTH_TOKEN_EXPIRED", |c| (c.iat, c.exp) = (0, 1)),
        ("of-the-future", "AUTH_TOKEN_FUTURE", |c| (c.iat, c.exp) = (now() + 120, now() + 300)),
        ("for-a-day", "AUTH_TOKEN_LIFE", |c| c.exp = c.iat + 86_400),
        ("for-ever", "AUTH_TOKEN_LIFE", |c| c.exp = u64::MAX),
        ("ends-before-it-begins", "AUTH_TOKEN_LIFE", |c| (c.iat, c.exp) = (now() + 50, now() + 40)),
        ("of-another-tenant", "AUTH_TOKEN_TENANT", |c| c.tenant = "other".into()),
        ("of-no-tenant", "AUTH_TOKEN_TENANT", |c| c.tenant = String::new()),
        ("of-another-issuer", "AUTH_TOKEN_ISSUER", |c| c.iss = "http://other.localhost".into()),
        ("of-an-issuer-with-a-slash", "AUTH_TOKEN_ISSUER", |c| c.iss.push('/')),
        ("for-another-audience", "AUTH_TOKEN_AUDIENCE", |c| c.aud = "http://other.localhost".into()),
        ("too-long", "AUTH_TOKEN_TOO_LONG", |c| c.ent = (0..500).map(|n| format!("book:{n:08}")).collect()),
    ]
}

/// Headers, under a signature that is right.
fn headers() -> &'static [Change<&'static str>] {
    &[
        ("alg-none", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"none","kid":"k1","typ":"JWT"}"#),
        ("alg-none-in-capitals", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"NONE","kid":"k1","typ":"JWT"}"#),
        ("alg-of-nothing", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"","kid":"k1","typ":"JWT"}"#),
        ("alg-hs512", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"HS512","kid":"k1","typ":"JWT"}"#),
        ("alg-rs256", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#),
        ("alg-in-lower-case", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"hs256","kid":"k1","typ":"JWT"}"#),
        ("alg-twice", "AUTH_TOKEN_MALFORMED", r#"{"alg":"none","alg":"HS256","kid":"k1","typ":"JWT"}"#),
        ("alg-missing", "AUTH_TOKEN_MALFORMED", r#"{"kid":"k1","typ":"JWT"}"#),
        ("alg-a-list", "AUTH_TOKEN_MALFORMED", r#"{"alg":["HS256"],"kid":"k1","typ":"JWT"}"#),
        ("typ-missing", "AUTH_TOKEN_MALFORMED", r#"{"alg":"HS256","kid":"k1"}"#),
        ("typ-of-another", "AUTH_TOKEN_ALGORITHM", r#"{"alg":"HS256","kid":"k1","typ":"JWE"}"#),
        ("kid-missing", "AUTH_TOKEN_MALFORMED", r#"{"alg":"HS256","typ":"JWT"}"#),
        ("kid-twice", "AUTH_TOKEN_MALFORMED", r#"{"alg":"HS256","kid":"k1","kid":"k2","typ":"JWT"}"#),
        ("kid-of-nobody", "AUTH_TOKEN_KEY_UNKNOWN", r#"{"alg":"HS256","kid":"k2","typ":"JWT"}"#),
        ("kid-of-nothing", "AUTH_TOKEN_KEY_UNKNOWN", r#"{"alg":"HS256","kid":"","typ":"JWT"}"#),
        ("kid-that-climbs", "AUTH_TOKEN_KEY_UNKNOWN", r#"{"alg":"HS256","kid":"../../dev/null","typ":"JWT"}"#),
        ("kid-of-sql", "AUTH_TOKEN_KEY_UNKNOWN", r#"{"alg":"HS256","kid":"k1' or 1=1 --","typ":"JWT"}"#),
        (
            "header-with-a-jwk",
            "AUTH_TOKEN_MALFORMED",
            r#"{"alg":"HS256","kid":"k1","typ":"JWT","jwk":{"kty":"oct","k":""}}"#,
        ),
        (
            "header-with-a-jku",
            "AUTH_TOKEN_MALFORMED",
            r#"{"alg":"HS256","kid":"k1","typ":"JWT","jku":"http://evil.example"}"#,
        ),
        ("header-with-a-crit", "AUTH_TOKEN_MALFORMED", r#"{"alg":"HS256","kid":"k1","typ":"JWT","crit":["x"],"x":1}"#),
        ("header-of-a-list", "AUTH_TOKEN_MALFORMED", r#"["HS256","JWT","k1"]"#),
        ("header-of-nothing", "AUTH_TOKEN_MALFORMED", ""),
        ("header-of-null", "AUTH_TOKEN_MALFORMED", "null"),
    ]
}

/// Claims that are not what claims are, under a signature that is right: a piece of good ones, and what it becomes.
fn bodies() -> &'static [(&'static str, &'static str, &'static str)] {
    &[
        ("claim-twice", "\"tenant\"", "\"tenant\":\"press\",\"tenant\""),
        ("claim-missing", "\"sid\"", "\"six\""),
        ("claim-of-another-kind", "[\"reader\"]", "\"reader\""),
        ("time-in-words", "\"iat\":", "\"iat\":\"now\",\"x\":"),
        ("time-below-zero", "\"iat\":", "\"iat\":-"),
        ("time-with-an-exponent", "\"iat\":", "\"iat\":1e9,\"x\":"),
        ("time-too-large", "\"iat\":", "\"iat\":99999999999999999999,\"x\":"),
        ("claims-of-half-a-character", "\"sub\":\"", "\"sub\":\"\\ud800"),
        ("claims-of-nothing", "", ""),
        ("claims-of-null", "", "null"),
        ("claims-of-a-list", "", "[]"),
        ("claims-deep", "", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
    ]
}

type Text = fn(&str) -> String;

/// A good token's text, and what becomes of it.
fn texts() -> [Change<Text>; 20] {
    [
        ("of-nothing-but-dots", "AUTH_TOKEN_MALFORMED", |_| "..".into()),
        ("of-a-word", "AUTH_TOKEN_MALFORMED", |_| "token".into()),
        ("of-two-parts", "AUTH_TOKEN_MALFORMED", |t| signed(t).into()),
        ("of-four-parts", "AUTH_TOKEN_MALFORMED", |t| format!("{t}.x")),
        ("of-five-parts", "AUTH_TOKEN_MALFORMED", |t| format!("{t}.x.y")),
        ("with-a-dot-before", "AUTH_TOKEN_MALFORMED", |t| format!(".{t}")),
        ("with-padding", "AUTH_TOKEN_MALFORMED", |t| format!("{t}=")),
        ("with-a-space", "AUTH_TOKEN_MALFORMED", |t| t.replacen('.', " .", 1)),
        ("with-a-letter-of-other-base64", "AUTH_TOKEN_MALFORMED", |t| format!("{}.+/{}", signed(t), "A".repeat(41))),
        ("with-bits-left-over", "AUTH_TOKEN_MALFORMED", |t| format!("{}.{}B", signed(t), "A".repeat(42))),
        ("signature-missing", "AUTH_TOKEN_SIGNATURE", |t| format!("{}.", signed(t))),
        ("signature-cut", "AUTH_TOKEN_SIGNATURE", |t| t[..t.len() - 3].to_owned()),
        ("signature-longer", "AUTH_TOKEN_SIGNATURE", |t| format!("{t}A")),
        ("signature-of-zeros", "AUTH_TOKEN_SIGNATURE", |t| format!("{}.{}", signed(t), "A".repeat(43))),
        ("signature-twice", "AUTH_TOKEN_SIGNATURE", |t| format!("{t}{}", "A".repeat(5))),
        ("claims-exchanged", "AUTH_TOKEN_SIGNATURE", |t| {
            let claims = encode(r#"{"tenant":"press","roles":["owner"]}"#);
            format!("{}.{claims}.{}", t.split('.').next().unwrap_or_default(), t.rsplit('.').next().unwrap_or_default())
        }),
        ("alg-none-unsigned", "AUTH_TOKEN_ALGORITHM", |t| {
            let claims = t.split('.').nth(1).unwrap_or_default();
            format!("{}.{claims}.", encode(r#"{"alg":"none","kid":"k1","typ":"JWT"}"#))
        }),
        ("of-9-kb", "AUTH_TOKEN_TOO_LONG", |t| format!("{t}{}", "A".repeat(9_000))),
        ("of-a-good-one-and-a-comma", "AUTH_TOKEN_MALFORMED", |t| format!("{t},{t}")),
        ("in-quotes", "AUTH_TOKEN_MALFORMED", |t| format!("\"{t}\"")),
    ]
}

/// Header and claims of a token.
fn signed(token: &str) -> &str {
    token.rsplit_once('.').map_or("", |(signed, _)| signed)
}

/// Authorizations that are no Bearer token.
fn schemes() -> impl Iterator<Item = Attack> {
    let table = [
        ("scheme-basic", "Basic dTpw"),
        ("scheme-digest", "Digest username=\"u\""),
        ("scheme-without-a-token", "Bearer"),
        ("scheme-missing", "{token}"),
        ("scheme-glued-on", "Bearer{token}"),
    ];
    let one = table.into_iter().map(|(name, value)| {
        let text = format!("GET {CHAPTER} HTTP/1.1\r\nHost: {{host}}\r\nAuthorization: {value}\r\n\r\n");
        Attack { method: "GET", ..Attack::text(name, Error(401, "AUTH_SCHEME_UNSUPPORTED"), text) }
    });
    let field = "Authorization: Bearer {token}\r\n";
    let twice = format!("GET {CHAPTER} HTTP/1.1\r\nHost: {{host}}\r\n{field}{field}\r\n");
    one.chain([Attack { method: "GET", ..Attack::text("twice", Status(401), twice) }])
}

/// A browser with a bad cookie is a stranger who may refresh; it reads nothing that a stranger may not.
fn cookies() -> impl Iterator<Item = Attack> {
    type Case = (&'static str, fn(&Forge) -> String);
    let table: [Case; 6] = [
        ("cookie-alg-none", |f| {
            format!("{}.{}.", encode(r#"{"alg":"none","kid":"k1","typ":"JWT"}"#), encode(&json(&f.claims())))
        }),
        ("cookie-expired", |f| f.mint(&Claims { iat: now() - 700, exp: now() - 100, ..f.claims() })),
        ("cookie-of-another-tenant", |f| f.mint(&Claims { tenant: "other".into(), ..f.claims() })),
        ("cookie-cut", |f| signed(&f.token()).to_owned()),
        ("cookie-of-nonsense", |_| "%00%ff\"';--".to_owned()),
        ("cookie-of-30-kb", |f| format!("{}{}", f.token(), "A".repeat(30_000))),
    ];
    let paid = table.into_iter().map(|(name, cookie)| {
        let attack = Attack::new(name, Error(402, "CONTENT_ACCESS_PAYMENT_REQUIRED"), move |forge| {
            request("GET", CHAPTER, &[("Cookie", &format!("aw_access={}", cookie(forge)))], b"")
        });
        Attack { method: "GET", ..attack }
    });
    let page = Attack::get("cookie-of-nothing", Page(402), "/books/moby-dick/4", &[("Cookie", "aw_access=")]);
    // It is not told that the page is there for others: it is sent to refresh, without a byte of it.
    let redirected = Taken(|reply| {
        if reply.status() == 303 && reply.body.is_empty() { Ok(()) } else { Err("it is no empty 303".to_owned()) }
    });
    let stale = Attack::get("cookie-stale", redirected, "/books/moby-dick/4", &[("Cookie", "aw_access=a.b.c")]);
    paid.chain([page, stale])
}
