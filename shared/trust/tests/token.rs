//! Tokens: what the tenant minted within the hour is taken, all else refused by its code.

use aw_trust::{
    Key, csrf, refresh,
    token::{self, Claims, Expect, TokenError},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;

const NOW: u64 = 1_800_000_000;
const EXPECT: Expect<'_> = Expect { tenant: "press", issuer: "https://press.example", now_s: NOW };
const HEADER: &str = r#"{"alg":"HS256","kid":"k1","typ":"JWT"}"#;

/// The claims as an array, in the order in which they are declared.
const ARRAY: &str =
    r#"["https://press.example","https://press.example","u","press","s",[],[],1799999990,1800000590,"t"]"#;

fn claims() -> Claims {
    Claims {
        iss: EXPECT.issuer.into(),
        aud: EXPECT.issuer.into(),
        sub: "018f-user".into(),
        tenant: "press".into(),
        sid: "018f-session".into(),
        roles: vec!["author".into()],
        ent: vec!["tier:gold".into(), "book:b1".into()],
        email_verified: true,
        iat: NOW - 10,
        exp: NOW + 590,
        jti: "018f-token".into(),
    }
}

fn key() -> Key {
    Key::new([3; 32])
}

fn verify(token: &str) -> Result<Claims, TokenError> {
    token::verify(token, |kid| (kid == "k1").then(key), &EXPECT)
}

/// A token of any header and claims, signed with the right key, as an attacker with the key's holder's help would.
fn forge(header: &str, claims: &str) -> String {
    sign(&format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
}

fn sign(signed: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[3; 32]).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn json(claims: &Claims) -> String {
    serde_json::to_string(claims).unwrap()
}

#[test]
fn what_is_minted_is_verified() {
    let token = token::mint(&key(), "k1", &claims());
    assert_eq!(verify(&token), Ok(claims()));
    assert_eq!(token::kid(&token).as_deref(), Ok("k1"));
    assert_eq!(token, forge(HEADER, &json(&claims())), "a JWT as RFC 7515 makes it");
}

#[test]
fn only_our_headers() {
    let cases = [
        (r#"{"alg":"none","kid":"k1","typ":"JWT"}"#, TokenError::Algorithm),
        (r#"{"alg":"HS512","kid":"k1","typ":"JWT"}"#, TokenError::Algorithm),
        (r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#, TokenError::Algorithm),
        (r#"{"alg":"hs256","kid":"k1","typ":"JWT"}"#, TokenError::Algorithm),
        (r#"{"alg":"HS256","kid":"k1","typ":"at+jwt"}"#, TokenError::Algorithm),
        (r#"{"alg":"HS256","kid":"k1"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"kid":"k1","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"none","alg":"HS256","kid":"k1","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k1","kid":"k2","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k1","typ":"JWT","crit":["exp"]}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k1","typ":"JWT","jku":"https://evil.example"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k\u0031","typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":["k1"],"typ":"JWT"}"#, TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k1","typ":"JWT"}{}"#, TokenError::Malformed),
        (r#"["HS256","JWT","k1"]"#, TokenError::Malformed),
        ("", TokenError::Malformed),
        (r#"{"alg":"HS256","kid":"k9","typ":"JWT"}"#, TokenError::Key),
        (r#"{"alg":"HS256","kid":"","typ":"JWT"}"#, TokenError::Key),
        (r#"{"alg":"HS256","kid":"../../etc/passwd","typ":"JWT"}"#, TokenError::Key),
    ];
    for (header, expected) in cases {
        assert_eq!(verify(&forge(header, &json(&claims()))), Err(expected), "{header}");
    }
}

#[test]
fn only_our_claims() {
    type Case = (fn(&mut Claims), TokenError);
    let cases: [Case; 11] = [
        (|c| c.iss = "https://evil.example".into(), TokenError::Issuer),
        (|c| c.iss = "https://press.example/".into(), TokenError::Issuer),
        (|c| c.aud = "https://evil.example".into(), TokenError::Audience),
        (|c| c.tenant = "other".into(), TokenError::Tenant),
        (|c| c.exp = NOW, TokenError::Expired),
        (|c| (c.iat, c.exp) = (0, NOW - 1), TokenError::Expired),
        (|c| (c.iat, c.exp) = (NOW + 61, NOW + 120), TokenError::Future),
        (|c| (c.iat, c.exp) = (NOW, NOW + 601), TokenError::Life),
        (|c| (c.iat, c.exp) = (NOW + 50, NOW + 50), TokenError::Life),
        (|c| (c.iat, c.exp) = (NOW + 50, NOW + 49), TokenError::Life),
        (|c| (c.iat, c.exp) = (0, u64::MAX), TokenError::Life),
    ];
    for (i, (change, expected)) in cases.into_iter().enumerate() {
        let mut claims = claims();
        change(&mut claims);
        assert_eq!(verify(&token::mint(&key(), "k1", &claims)), Err(expected), "case {i}");
    }
    let mut edge = claims();
    (edge.iat, edge.exp) = (NOW + 60, NOW + 660);
    assert!(verify(&token::mint(&key(), "k1", &edge)).is_ok());
}

#[test]
fn claims_are_json_with_each_name_once() {
    let good = json(&claims());
    for bad in [
        good.replacen("\"iss\"", "\"tenant\":\"other\",\"iss\"", 1),
        good.replacen("\"sub\":\"018f-user\",", "", 1),
        good.replacen("\"roles\":[\"author\"]", "\"roles\":\"author\"", 1),
        good.replacen("1799999990", "1799999990.0", 1),
        good.replacen("1799999990", "-1", 1),
        good.replacen("1799999990", "1e99", 1),
        good.replacen("1799999990", "99999999999999999999", 1),
        good.replacen("018f-user", "\\ud800", 1),
        format!("{good} x"),
        "null".into(),
        ARRAY.into(),
        String::new(),
        "[".repeat(1000),
    ] {
        assert_ne!(bad, good);
        assert_eq!(verify(&forge(HEADER, &bad)), Err(TokenError::Malformed), "{bad}");
    }
    let more = good.replacen('{', "{\"name\":\"of a later release\",", 1);
    assert_eq!(verify(&forge(HEADER, &more)), Ok(claims()));
}

#[test]
fn only_three_parts_of_canonical_base64url() {
    let token = token::mint(&key(), "k1", &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for bad in [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{token}="),
        format!("{token} "),
        format!(" {token}"),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{}", signature.replace(['-', '_'], "+")),
        format!("{header}.{claims}.{signature}\n"),
        token.replace('.', ".."),
        format!("{header}é.{claims}.{signature}"),
    ] {
        if bad != token {
            let got = verify(&bad).unwrap_err();
            assert!(matches!(got, TokenError::Malformed | TokenError::Signature), "{bad:?}: {got:?}");
        }
    }
    // The last character of 32 bytes carries two bits of nothing; they must be zero.
    let last = signature.as_bytes()[42];
    for c in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".iter().filter(|c| **c != last) {
        let other = format!("{header}.{claims}.{}{}", &signature[..42], char::from(*c));
        assert!(verify(&other).is_err(), "{other}");
    }
    let long = format!("{header}.{}.{signature}", "a".repeat(4096));
    assert_eq!(verify(&long), Err(TokenError::TooLong));
    // Claims that are not base64url, signed with the right key.
    assert_eq!(verify(&sign(&format!("{header}.a="))), Err(TokenError::Malformed));
}

/// RFC 7515, appendix A.1: its signature is found right, and its header refused, which has no `kid`.
#[test]
fn rfc_7515_a_1() {
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                 eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                 dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(verify(token), Err(TokenError::Malformed));
    assert_eq!(token::kid(token), Err(TokenError::Malformed));
}

#[test]
fn csrf_tokens_are_a_sessions_own() {
    let token = csrf::token(&key(), "s1");
    assert!(csrf::verify(&key(), "s1", &token));
    assert!(!csrf::verify(&key(), "s2", &token));
    assert!(!csrf::verify(&Key::new([4; 32]), "s1", &token));
    assert!(!csrf::verify(&key(), "s1", ""));
    assert!(!csrf::verify(&key(), "s1", &token[..token.len() - 1]));
}

#[test]
fn a_refresh_token_has_one_successor() {
    let first = refresh::first(&[5; 32]);
    let second = refresh::successor(&key(), &first);
    assert_eq!(second, refresh::successor(&key(), &first));
    assert_ne!(second, first);
    assert_ne!(refresh::successor(&key(), &second), second);
    assert_ne!(refresh::successor(&Key::new([4; 32]), &first), second);
    assert_ne!(refresh::hash(&first), refresh::hash(&second));
    // SHA-256 of the empty text, FIPS 180-4.
    assert_eq!(refresh::hash("")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
}

#[test]
fn any_bit_changed_is_refused() {
    let token = token::mint(&key(), "k1", &claims());
    for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
        let mut token = token.clone().into_bytes();
        token[at] ^= 1 << bit;
        assert!(verify(&String::from_utf8(token).unwrap()).is_err(), "bit {bit} of byte {at}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(token in "\\PC{0,300}", header in "\\PC{0,100}", claims in "\\PC{0,100}") {
        prop_assert!(verify(&token).is_err());
        prop_assert!(verify(&forge(&header, &claims)).is_err());
        prop_assert!(token::kid(&forge(&header, &claims)).is_err());
        prop_assert!(verify(&forge(HEADER, &claims)).is_err());
    }
}
