//! Tokens, good and bad.

use aw_trust::token::Claims;

use crate::world::{Press, START, World, sign, token_key};

fn hs256(header: &str, claims: &str) -> String {
    // Unsigned on purpose: the third part is noise.
    let part = |text: &str| base64url(text.as_bytes());
    format!("{}.{}.{}", part(header), part(claims), part("noise"))
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).for_each(|i| out.push(char::from(ALPHABET[(n >> (18 - 6 * i)) as usize & 63])));
    }
    out
}

fn table(press: &Press) -> Vec<(&'static str, String)> {
    let good = press.token(&["tier:gold"]);
    let claims = press.claims(&["tier:gold"]);
    let changed = |change: &dyn Fn(&mut Claims)| {
        let mut claims = claims.clone();
        change(&mut claims);
        sign("press", "k2", &claims)
    };
    let json = serde_json::to_string(&claims).unwrap();
    let (head, signature) = good.rsplit_once('.').unwrap();
    let payload = head.split_once('.').unwrap().1;
    vec![
        ("AUTH_TOKEN_EXPIRED", changed(&|c| (c.iat, c.exp) = (START - 600, START))),
        ("AUTH_TOKEN_FUTURE", changed(&|c| (c.iat, c.exp) = (START + 61, START + 600))),
        ("AUTH_TOKEN_LIFE", changed(&|c| c.exp = START + 86_400)),
        ("AUTH_TOKEN_LIFE", changed(&|c| (c.iat, c.exp) = (START + 60, START + 30))),
        ("AUTH_TOKEN_TENANT", changed(&|c| c.tenant = "other".into())),
        ("AUTH_TOKEN_ISSUER", changed(&|c| c.iss = "https://other.localhost".into())),
        ("AUTH_TOKEN_AUDIENCE", changed(&|c| c.aud = "https://other.localhost".into())),
        ("AUTH_TOKEN_KEY_UNKNOWN", sign("press", "k9", &claims)),
        ("AUTH_TOKEN_SIGNATURE", sign("other", "k2", &claims)),
        ("AUTH_TOKEN_SIGNATURE", format!("{head}.{}", base64url(&[0; 32]))),
        ("AUTH_TOKEN_SIGNATURE", format!("{head}.")),
        ("AUTH_TOKEN_SIGNATURE", format!("{head}.{}", &signature[..40])),
        (
            "AUTH_TOKEN_SIGNATURE",
            format!(
                "{}.{}.{signature}",
                head.split_once('.').unwrap().0,
                base64url(json.replace("gold", "iron").as_bytes())
            ),
        ),
        ("AUTH_TOKEN_MALFORMED", format!("{head}.{signature}=")),
        ("AUTH_TOKEN_MALFORMED", head.to_owned()),
        ("AUTH_TOKEN_MALFORMED", format!("{good}.x")),
        ("AUTH_TOKEN_MALFORMED", format!(".{payload}.{signature}")),
        ("AUTH_TOKEN_MALFORMED", "x".to_owned()),
        ("AUTH_TOKEN_MALFORMED", "..".to_owned()),
        ("AUTH_TOKEN_ALGORITHM", hs256(r#"{"alg":"none","typ":"JWT","kid":"k2"}"#, &json)),
        ("AUTH_TOKEN_ALGORITHM", hs256(r#"{"alg":"None","typ":"JWT","kid":"k2"}"#, &json)),
        ("AUTH_TOKEN_ALGORITHM", hs256(r#"{"alg":"HS512","typ":"JWT","kid":"k2"}"#, &json)),
        ("AUTH_TOKEN_ALGORITHM", hs256(r#"{"alg":"RS256","typ":"JWT","kid":"k2"}"#, &json)),
        ("AUTH_TOKEN_MALFORMED", hs256(r#"{"alg":"HS256","typ":"JWT"}"#, &json)),
        (
            "AUTH_TOKEN_MALFORMED",
            hs256(r#"{"alg":"HS256","typ":"JWT","kid":"k2","jku":"https://evil.example"}"#, &json),
        ),
        ("AUTH_TOKEN_MALFORMED", hs256(r#"{"alg":"HS256","alg":"none","typ":"JWT","kid":"k2"}"#, &json)),
        ("AUTH_TOKEN_KEY_UNKNOWN", hs256(r#"{"alg":"HS256","typ":"JWT","kid":"../../etc/passwd"}"#, &json)),
        ("AUTH_TOKEN_TOO_LONG", format!("{good}{}", "A".repeat(4096))),
    ]
}

#[test]
fn a_bad_bearer_token_is_a_401_that_says_why() {
    let world = World::published();
    for (code, token) in table(world.press) {
        // Even for what strangers may read: a program should learn that its token is bad.
        for path in ["/v1/books/whale/chapters/3", "/v1/books/whale/chapters/1", "/v1/books", "/v1/auth/session"] {
            let reply = world.get_as(path, &token);
            assert_eq!((reply.status, reply.code().as_str()), (401, code), "{path} {token}");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
        assert_eq!(world.get_as("/books/whale/3", &token).status, 401);
    }
}

#[test]
fn a_bad_cookie_is_a_strangers_when_reading() {
    let world = World::published();
    for (code, token) in table(world.press) {
        assert_eq!(world.get_as_browser("/books/whale/1", &token).status, 200, "{code} {token}");
        assert_eq!(world.get_as_browser("/v1/books/whale/chapters/3", &token).status, 402);
        let session = world.get_as_browser("/v1/auth/session", &token);
        assert_eq!((session.status, &session.json()["data"]["authenticated"]), (200, &false.into()));
    }
}

#[test]
fn what_is_no_bearer_token_is_refused() {
    let world = World::published();
    let good = world.press.token(&[]);
    for value in ["Basic dTpw", "Bearer", "Bearer ", &good, "Digest x", ""] {
        let reply = world.get_with("/v1/books", &[("authorization", value)]);
        assert_eq!((reply.status, reply.code().as_str()), (401, "AUTH_SCHEME_UNSUPPORTED"), "{value:?}");
    }
    let bearer = format!("Bearer {good}");
    let twice = world.get_with("/v1/books", &[("authorization", &bearer), ("authorization", &bearer)]);
    assert_eq!(twice.status, 401);
    for scheme in ["bearer", "BEARER"] {
        let reply = world.get_with("/v1/auth/session", &[("authorization", &format!("{scheme} {good}"))]);
        assert_eq!(reply.json()["data"]["authenticated"], true, "the scheme's case does not matter (RFC 9110, 11.1)");
    }
}

#[test]
fn bearer_goes_before_the_cookie() {
    let world = World::published();
    let (gold, plain) = (world.press.token(&["tier:gold"]), world.press.token(&[]));
    let ask = |bearer: &str, cookie: &str| {
        let headers = [("authorization", &*format!("Bearer {bearer}")), ("cookie", &*format!("aw_access={cookie}"))];
        world.get_with("/books/whale/3", &headers).status
    };
    assert_eq!((ask(&gold, &plain), ask(&plain, &gold), ask("x", &gold)), (200, 402, 401));
}

#[test]
fn a_key_that_went_out_of_use_verifies_until_it_is_dropped_and_a_new_one_at_once() {
    let world = World::published();
    let claims = world.press.claims(&["tier:gold"]);
    let status = |kid| world.get_as("/books/whale/3", &sign("press", kid, &claims)).status;
    assert_eq!((status("k2"), status("k1"), status("k3")), (200, 200, 401));
    world.tenant(|tenant| tenant.keys = ["k3", "k2"].map(|kid| token_key("press", kid)).into());
    assert_eq!((status("k2"), status("k1"), status("k3")), (200, 401, 200));
}

#[test]
fn another_tenants_key_and_one_sealed_elsewhere_open_nothing() {
    let world = World::published();
    let claims = world.press.claims(&["tier:gold"]);
    let other = token_key("other", "k2");
    world.tenant(|tenant| tenant.keys = vec![other]);
    assert_eq!(world.get_as("/books/whale/3", &sign("other", "k2", &claims)).status, 401);
    world.tenant(|tenant| tenant.keys[0].sealed = "AAAA".into());
    let reply = world.get_as("/v1/books/whale/chapters/3", &world.press.token(&["tier:gold"]));
    assert_eq!((reply.status, reply.code().as_str()), (401, "AUTH_TOKEN_KEY_UNKNOWN"));
}

#[test]
fn the_session_is_what_the_token_says() {
    let world = World::published();
    let reply = world.get_as_browser("/v1/auth/session", &world.press.token(&["tier:gold"]));
    let user =
        serde_json::json!({ "id": "u-1", "emailVerified": true, "roles": ["reader"], "entitlements": ["tier:gold"] });
    assert_eq!(reply.json()["data"], serde_json::json!({ "authenticated": true, "user": user }));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(world.get("/v1/auth/session").json()["data"], serde_json::json!({ "authenticated": false }));
    assert_eq!(world.origin.count(), 0);
}
