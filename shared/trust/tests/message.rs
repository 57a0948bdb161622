//! What is signed is taken; what is altered, left out, late or strange is refused, by its code.

use aw_trust::{
    Key, digest,
    key::{self, REQUEST},
    message::{self, SignatureError, Signer, Verified},
};
use http::{HeaderName, HeaderValue, Method, Request, request::Parts};
use proptest::prelude::*;

const NOW: u64 = 1_800_000_000;
const AUTHORITY: &str = "127.0.0.1:4000";

fn key() -> Key {
    key::derive(&[7; 32], REQUEST).unwrap()
}

fn request() -> Parts {
    let request = Request::post("/v1/books/moby-dick?limit=5&cursor=a%20b")
        .header("x-aw-tenant", "press")
        .header("x-aw-user", "018f")
        .header("x-aw-roles", "author,editor")
        .header("content-type", "application/json");
    request.body(()).unwrap().into_parts().0
}

fn signed_at(created_s: u64) -> Parts {
    let mut parts = request();
    let (key, body) = (key(), digest::content_digest(b"{}"));
    let signer = Signer { key: &key, key_id: "west", created_s, nonce: "n-1" };
    message::sign(&mut parts, AUTHORITY, &signer, &body).unwrap();
    parts
}

fn check(parts: &Parts) -> Result<Verified, SignatureError> {
    message::verify(parts, AUTHORITY, |id| (id == "west").then(key), NOW)
}

fn header(parts: &Parts, name: &str) -> String {
    parts.headers[name].to_str().unwrap().to_owned()
}

fn set(parts: &mut Parts, name: &'static str, value: &str) {
    parts.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
}

#[test]
fn a_signature_is_taken_and_says_what_it_covers() {
    let parts = signed_at(NOW);
    let expected = Verified { key_id: "west".into(), nonce: "n-1".into(), created: NOW };
    assert_eq!(check(&parts), Ok(expected));
    assert_eq!(
        header(&parts, "signature-input"),
        "aw=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"x-aw-roles\" \"x-aw-tenant\" \
         \"x-aw-user\");created=1800000000;nonce=\"n-1\";keyid=\"west\";alg=\"hmac-sha256\""
    );
    assert!(digest::matches(&header(&parts, "content-digest"), b"{}"));
}

#[test]
fn nothing_that_is_covered_can_be_changed() {
    type Change = fn(&mut Parts);
    let changes: [Change; 10] = [
        |p| p.method = Method::PUT,
        |p| p.uri = "/v1/books/moby-dick?limit=6&cursor=a%20b".parse().unwrap(),
        |p| p.uri = "/v1/books/moby-dick".parse().unwrap(),
        |p| p.uri = "/v1/books/moby-dicK?limit=5&cursor=a%20b".parse().unwrap(),
        |p| p.uri = "/v1/books/moby-dick?limit=5&cursor=a+b".parse().unwrap(),
        |p| set(p, "x-aw-tenant", "other"),
        |p| set(p, "x-aw-roles", "author,editor,owner"),
        |p| {
            p.headers.append("x-aw-roles", HeaderValue::from_static("owner"));
        },
        |p| set(p, "content-digest", &digest::content_digest(b"[]")),
        |p| set(p, "signature", "aw=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut parts = signed_at(NOW);
        change(&mut parts);
        assert_eq!(check(&parts), Err(SignatureError::Mismatch), "change {i}");
    }
    let elsewhere = message::verify(&signed_at(NOW), "127.0.0.1:4001", |_| Some(key()), NOW);
    assert_eq!(elsewhere, Err(SignatureError::Mismatch));
    let other_key = message::verify(&signed_at(NOW), AUTHORITY, |_| Some(Key::new([1; 32])), NOW);
    assert_eq!(other_key, Err(SignatureError::Mismatch));
}

#[test]
fn an_identity_header_may_not_be_slipped_in_or_taken_away() {
    let mut parts = signed_at(NOW);
    set(&mut parts, "x-aw-session", "forged");
    assert_eq!(check(&parts), Err(SignatureError::Uncovered));
    let mut parts = signed_at(NOW);
    parts.headers.remove("x-aw-tenant");
    assert_eq!(check(&parts), Err(SignatureError::Uncovered));
    let mut parts = signed_at(NOW);
    parts.headers.remove("content-digest");
    assert_eq!(check(&parts), Err(SignatureError::Uncovered));
}

#[test]
fn it_holds_for_a_minute_and_no_longer() {
    for (created, expected) in [
        (NOW - 60, None),
        (NOW - 61, Some(SignatureError::Expired)),
        (NOW + 10, None),
        (NOW + 11, Some(SignatureError::Future)),
        (0, Some(SignatureError::Expired)),
    ] {
        assert_eq!(check(&signed_at(created)).err(), expected, "created {created}");
    }
    let parts = signed_at(NOW);
    assert_eq!(message::verify(&parts, AUTHORITY, |_| None, NOW), Err(SignatureError::Key));
    // A clock that says nonsense is no reason to panic.
    assert_eq!(message::verify(&parts, AUTHORITY, |_| Some(key()), u64::MAX), Err(SignatureError::Expired));
    assert_eq!(message::verify(&parts, AUTHORITY, |_| Some(key()), 0), Err(SignatureError::Future));
}

#[test]
fn strange_inputs_are_refused() {
    const LIST: &str =
        r#"("@method" "@authority" "@path" "@query" "content-digest" "x-aw-roles" "x-aw-tenant" "x-aw-user")"#;
    const TAIL: &str = r#";created=1800000000;nonce="n-1";keyid="west";alg="hmac-sha256""#;
    let long = format!("aw={LIST}{TAIL};x=\"{}\"", "a".repeat(5000));
    let long_nonce = format!("aw={LIST}{}", TAIL.replace("n-1", &"n".repeat(65)));
    use SignatureError::{Malformed, Uncovered};
    let cases = [
        (String::new(), Malformed),
        ("aw".into(), Malformed),
        ("aw=1".into(), Malformed),
        (format!("other={LIST}{TAIL}"), Malformed),
        (format!("aw={LIST}{TAIL}, aw={LIST}{TAIL}"), Malformed),
        (format!("aw={LIST}{TAIL},"), Malformed),
        (format!("aw={LIST}"), Malformed),
        (format!("aw={LIST}{TAIL};expires=1900000000"), Malformed),
        (format!("aw={LIST}{TAIL};created=1900000000"), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("hmac-sha256", "rsa-pss-sha512")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("\"hmac-sha256\"", "hmac-sha256")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace(";alg=\"hmac-sha256\"", "")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("\"n-1\"", "\"\"")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("1800000000", "-1")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("1800000000", "1800000000.5")), Malformed),
        (format!("aw={LIST}{}", TAIL.replace("1800000000", "9999999999999999")), Malformed),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\"", "\"@path\";req")), Malformed),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\"", "\"@path\" \"@path\"")), Malformed),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\"", "@path")), Malformed),
        (format!("aw={}{TAIL}", LIST.replace("x-aw-user", "X-Aw-User")), Malformed),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\" ", "")), Uncovered),
        (format!("aw={}{TAIL}", LIST.replace(" \"x-aw-user\"", "")), Uncovered),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\"", "\"@path\" \"@scheme\"")), Uncovered),
        (format!("aw={}{TAIL}", LIST.replace("\"@path\"", "\"@path\" \"x-aw-session\"")), Uncovered),
        (long, Malformed),
        (long_nonce, Malformed),
    ];
    for (input, expected) in cases {
        let mut parts = signed_at(NOW);
        set(&mut parts, "signature-input", &input);
        assert_eq!(check(&parts), Err(expected), "{input}");
    }
    for signature in ["", "aw", "aw=::", "aw=\"x\"", "aw=:AAAA:;x", "aw=:AAAA:, aw=:AAAA:", "other=:AAAA:", "aw=:A:"] {
        let mut parts = signed_at(NOW);
        set(&mut parts, "signature", signature);
        let expected = if signature == "aw=::" { SignatureError::Mismatch } else { Malformed };
        assert_eq!(check(&parts), Err(expected), "{signature}");
    }
    for name in ["signature", "signature-input"] {
        let mut parts = signed_at(NOW);
        let again = parts.headers[name].clone();
        parts.headers.append(name, again);
        assert_eq!(check(&parts), Err(Malformed), "{name} twice");
        parts.headers.remove(name);
        assert_eq!(check(&parts), Err(SignatureError::Missing), "no {name}");
    }
}

/// Another implementation may write the components in another order, add its own signature, and cover more.
#[test]
fn the_order_of_the_components_is_free() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit, Mac};
    let mut parts = signed_at(NOW);
    let params = "(\"x-aw-user\" \"content-type\" \"x-aw-tenant\" \"@query\" \"@path\" \"x-aw-roles\" \
                  \"content-digest\" \"@authority\" \"@method\");alg=\"hmac-sha256\";keyid=\"west\";nonce=\"n-2\";\
                  created=1800000000";
    let base = format!(
        "\"x-aw-user\": 018f\n\"content-type\": application/json\n\"x-aw-tenant\": press\n\
         \"@query\": ?limit=5&cursor=a%20b\n\"@path\": /v1/books/moby-dick\n\"x-aw-roles\": author,editor\n\
         \"content-digest\": {}\n\"@authority\": 127.0.0.1:4000\n\"@method\": POST\n\"@signature-params\": {params}",
        digest::content_digest(b"{}")
    );
    // The key as the protocol derives it, by hand: HKDF's two steps.
    let mac = |key: &[u8], text: &[u8]| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(text);
        mac.finalize().into_bytes()
    };
    let derived = mac(&mac(b"authorworks", &[7; 32]), b"request\x01");
    let signature = STANDARD.encode(mac(&derived, base.as_bytes()));
    set(&mut parts, "signature-input", &format!("proxy=(\"@path\");created=1, aw={params}"));
    set(&mut parts, "signature", &format!("aw=:{signature}:, proxy=:AAAA:"));
    assert_eq!(check(&parts).map(|v| v.nonce), Ok("n-2".into()));
}

#[test]
fn values_that_are_not_ascii_cannot_be_signed() {
    let mut parts = request();
    parts.headers.insert("x-aw-host", HeaderValue::from_bytes("pré.example".as_bytes()).unwrap());
    let key = key();
    let signer = Signer { key: &key, key_id: "west", created_s: NOW, nonce: "n" };
    let digest = digest::content_digest(b"");
    assert_eq!(message::sign(&mut parts, AUTHORITY, &signer, &digest), Err(SignatureError::Malformed));
    let mut parts = request();
    let signer = Signer { key_id: "wést", ..signer };
    assert_eq!(message::sign(&mut parts, AUTHORITY, &signer, &digest), Err(SignatureError::Malformed));
}

#[test]
fn digests_are_rfc_9530() {
    // Appendix B of RFC 9530, and the same body without its line feed.
    let (with, without) =
        ("RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
    assert_eq!(digest::content_digest(b"{\"hello\": \"world\"}\n"), format!("sha-256=:{with}:"));
    assert!(digest::matches(&format!("sha-256=:{without}:"), b"{\"hello\": \"world\"}"));
    assert!(digest::matches(&format!("sha-512=:AAAA:, sha-256=:{without}:;x"), b"{\"hello\": \"world\"}"));
    for wrong in ["", "sha-256", "sha-256=1", "sha-256=::", "sha-512=:AAAA:", "sha-256=(:AAAA:)", "sha-256=:A:"] {
        assert!(!digest::matches(wrong, b""), "{wrong}");
    }
    assert!(!digest::matches(&format!("sha-256=:{with}:"), b"{\"hello\": \"world\"}"));
}

#[test]
fn any_bit_changed_is_refused() {
    for name in ["signature-input", "signature", "content-digest", "x-aw-tenant"] {
        let value = header(&signed_at(NOW), name);
        for (at, bit) in (0..value.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
            let mut value = value.clone().into_bytes();
            value[at] ^= 1 << bit;
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            let mut parts = signed_at(NOW);
            parts.headers.insert(name, value);
            assert!(check(&parts).is_err(), "bit {bit} of byte {at} of {name}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_in_the_headers_panics(input in "\\PC{0,200}", signature in "\\PC{0,80}", list in "[\"@a-z;=() 0-9:-]{0,80}") {
        for (name, value) in [("signature-input", &input), ("signature", &signature), ("signature-input", &format!("aw={list}"))] {
            let mut parts = signed_at(NOW);
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                parts.headers.insert(name, value);
                prop_assert!(check(&parts).is_err());
            }
        }
        digest::matches(&input, b"");
    }
}
