//! Deliveries that the origin did not make, or not just now, not for this edge, or not of a value.

use aw_model::key;
use aw_platform::{http::Request, limits};
use aw_trust::{
    digest,
    key::{self as keys, REQUEST},
    message::{self, Signer},
};

use super::{
    Attack,
    forge::{Forge, now},
    judge::Expect::{self, Error, Taken},
};
use crate::conform::{
    site::{EDGE_KEY, HOST, TENANT, VERSION},
    wire,
    world::unique,
};

const MALFORMED: Expect = Error(401, "ORIGIN_SIGNATURE_MALFORMED");
const MISSING: Expect = Error(401, "ORIGIN_SIGNATURE_MISSING");
const MISMATCH: Expect = Error(401, "ORIGIN_SIGNATURE_MISMATCH");
const UNCOVERED: Expect = Error(401, "ORIGIN_SIGNATURE_UNCOVERED");
const STRANGER: Expect = Error(401, "ORIGIN_SIGNATURE_KEY_UNKNOWN");
const DIGEST: Expect = Error(401, "ORIGIN_SIGNATURE_DIGEST");
const VALUE: Expect = Error(400, "EDGE_VALUE_INVALID");
/// Taken, and not stored: what is there is as new.
const KEPT: Expect = Taken(|reply| {
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status() == 200 && json["data"]["kept"] == VERSION {
        Ok(())
    } else {
        Err("it was not kept out".to_owned())
    }
});

/// A delivery as the origin makes it, until something is changed. What it delivers is a tombstone: if it is taken, the
/// book is gone, and the next reader does not find it.
struct Delivery {
    target: String,
    authority: String,
    secret: Vec<u8>,
    key_id: String,
    created: u64,
    nonce: String,
    body: Vec<u8>,
    /// Header fields after signing, but for `Host`.
    fields: Vec<(String, String)>,
}

impl Delivery {
    fn new() -> Self {
        Self {
            target: format!("/_aw/values?key={}", key::manifest(TENANT, "moby-dick")),
            authority: HOST.to_owned(),
            secret: EDGE_KEY.as_bytes().to_vec(),
            key_id: "origin".to_owned(),
            created: now(),
            nonce: unique("nonce"),
            body: b"9000000000\n".to_vec(),
            fields: Vec::new(),
        }
    }

    fn sign(&mut self) {
        let mut request = Request::put(&self.target);
        for (name, value) in &self.fields {
            request = request.header(name, value);
        }
        let (Ok(request), Ok(key)) = (request.body(()), keys::derive(&self.secret, REQUEST)) else { return };
        let (mut head, ()) = request.into_parts();
        let signer = Signer { key: &key, key_id: &self.key_id, created_s: self.created, nonce: &self.nonce };
        if message::sign(&mut head, &self.authority, &signer, &digest::content_digest(&self.body)).is_ok() {
            let text = |value: &aw_platform::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            self.fields = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(there, _)| there != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Changes a piece of a field's value.
    fn edit(&mut self, name: &str, from: &str, to: &str) {
        for (_, value) in self.fields.iter_mut().filter(|(there, _)| there == name) {
            *value = value.replacen(from, to, 1);
        }
    }

    fn input(&mut self, from: &str, to: &str) {
        self.edit("signature-input", from, to);
    }

    fn again(&mut self, name: &str) {
        let found = self.fields.iter().find(|(there, _)| there == name).cloned();
        self.fields.extend(found);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut fields: Vec<(&str, &[u8])> = vec![("Host", HOST.as_bytes())];
        fields.extend(self.fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        wire::request("PUT", &self.target, &fields, &self.body)
    }
}

/// What is changed before it is signed, and what after.
type Case = (&'static str, Expect, fn(&mut Delivery), fn(&mut Delivery));

fn nothing(_: &mut Delivery) {}

pub(super) fn attacks() -> Vec<Attack> {
    let mut all: Vec<Attack> = signers()
        .into_iter()
        .chain(alterations())
        .chain(inputs())
        .map(|(name, expect, before, after)| {
            Attack::new(name, expect, move |_| {
                let mut delivery = Delivery::new();
                before(&mut delivery);
                delivery.sign();
                after(&mut delivery);
                delivery.bytes()
            })
        })
        .map(put)
        .collect();
    all.extend(values().into_iter().map(|(name, expect, key, value)| {
        put(Attack::new(name, expect, move |forge| {
            let (target, body) = (format!("/_aw/values?key={}", key(forge)), value(forge));
            let mut delivery = Delivery { target, body, ..Delivery::new() };
            delivery.sign();
            delivery.bytes()
        }))
    }));
    all
}

fn put(attack: Attack) -> Attack {
    Attack { method: "PUT", ..attack }
}

/// Who signs, when, and for whom.
fn signers() -> Vec<Case> {
    vec![
        ("unsigned", MISSING, nothing, |d| d.fields.clear()),
        ("signed-by-nobody", MISMATCH, |d| d.secret = vec![b'x'; 40], nothing),
        ("signed-by-an-edge", STRANGER, |d| d.key_id = "edge-1".into(), nothing),
        ("signed-by-the-operator", STRANGER, |d| d.key_id = "operator".into(), nothing),
        ("signed-by-another-origin", STRANGER, |d| d.key_id = "Origin".into(), nothing),
        ("expired", Error(401, "ORIGIN_SIGNATURE_EXPIRED"), |d| d.created -= 65, nothing),
        ("expired-for-years", Error(401, "ORIGIN_SIGNATURE_EXPIRED"), |d| d.created = 0, nothing),
        ("of-the-future", Error(401, "ORIGIN_SIGNATURE_FUTURE"), |d| d.created += 60, nothing),
        ("of-the-far-future", Error(401, "ORIGIN_SIGNATURE_FUTURE"), |d| d.created = 999_999_999_999_999, nothing),
        ("for-another-edge", MISMATCH, |d| d.authority = "other.example".into(), nothing),
        ("for-another-port", MISMATCH, |d| d.authority.push_str(":8443"), nothing),
    ]
}

/// What was signed and is something else now.
fn alterations() -> Vec<Case> {
    vec![
        ("of-another-value", DIGEST, nothing, |d| d.body = b"9000000001\n".to_vec()),
        ("of-no-value", DIGEST, nothing, |d| d.body.clear()),
        ("of-a-longer-value", DIGEST, nothing, |d| d.body.extend_from_slice(b"{}")),
        (
            "of-another-key",
            MISMATCH,
            |d| d.target = "/_aw/values?key=m/press/other".into(),
            |d| d.target = Delivery::new().target,
        ),
        ("of-two-keys", MISMATCH, nothing, |d| d.target.push_str("&key=m/press/other")),
        ("with-another-digest", MISMATCH, nothing, |d| d.set("content-digest", &digest::content_digest(b"x"))),
        ("with-digest-of-other-kind", MISMATCH, nothing, |d| d.edit("content-digest", "sha-256", "sha-512")),
        ("without-digest", UNCOVERED, nothing, |d| d.fields.retain(|(name, _)| name != "content-digest")),
        ("with-digest-twice", MISMATCH, nothing, |d| d.again("content-digest")),
        ("with-an-identity-slipped-in", UNCOVERED, nothing, |d| d.set("x-aw-user", "owner")),
        ("with-an-identity-changed", MISMATCH, |d| d.set("x-aw-version", "7"), |d| d.set("x-aw-version", "8")),
        (
            "with-an-identity-taken-away",
            UNCOVERED,
            |d| d.set("x-aw-version", "7"),
            |d| d.fields.retain(|(n, _)| n != "x-aw-version"),
        ),
    ]
}

/// Signatures that are not as RFC 9421 writes them, or not as we do.
fn inputs() -> Vec<Case> {
    vec![
        ("input-missing", MISSING, nothing, |d| d.fields.retain(|(n, _)| n != "signature-input")),
        ("signature-missing", MISSING, nothing, |d| d.fields.retain(|(n, _)| n != "signature")),
        ("input-twice", MALFORMED, nothing, |d| d.again("signature-input")),
        ("signature-twice", MALFORMED, nothing, |d| d.again("signature")),
        ("signature-cut", MALFORMED, nothing, |d| d.set("signature", "aw=:AAAA")),
        ("signature-short", MISMATCH, nothing, |d| d.set("signature", "aw=:AAAA:")),
        ("signature-empty", MISMATCH, nothing, |d| d.set("signature", "aw=::")),
        ("signature-of-zeros", MISMATCH, nothing, |d| d.set("signature", &format!("aw=:{}=:", "A".repeat(43)))),
        ("signature-of-other-base64", MALFORMED, nothing, |d| {
            d.set("signature", &format!("aw=:{}-_=:", "A".repeat(41)))
        }),
        ("signature-of-a-text", MALFORMED, nothing, |d| d.set("signature", "aw=\"AAAA\"")),
        ("signature-of-another-label", MALFORMED, nothing, |d| d.edit("signature", "aw=", "sig1=")),
        ("input-of-another-label", MALFORMED, nothing, |d| d.input("aw=", "sig1=")),
        ("input-of-nothing", MALFORMED, nothing, |d| d.set("signature-input", "")),
        ("input-of-no-list", MALFORMED, nothing, |d| d.set("signature-input", "aw=1")),
        ("input-without-its-end", MALFORMED, nothing, |d| d.input(")", "")),
        ("input-of-an-empty-list", UNCOVERED, nothing, |d| d.set("signature-input", &format!("aw=(){PARAMS}"))),
        ("input-without-the-path", UNCOVERED, nothing, |d| d.input("\"@path\" ", "")),
        ("input-without-the-method", UNCOVERED, nothing, |d| d.input("\"@method\" ", "")),
        ("input-with-the-path-twice", MALFORMED, nothing, |d| d.input("\"@path\"", "\"@path\" \"@path\"")),
        ("input-in-another-order", MISMATCH, nothing, |d| {
            d.input("\"@method\" \"@authority\"", "\"@authority\" \"@method\"")
        }),
        ("input-with-a-component-of-nobody", UNCOVERED, nothing, |d| d.input("\"@path\"", "\"@path\" \"@cow\"")),
        ("input-with-a-request-s-component", MALFORMED, nothing, |d| d.input("\"@path\"", "\"@path\";req")),
        ("input-in-capitals", MALFORMED, nothing, |d| d.input("content-digest", "Content-Digest")),
        ("input-of-tokens", MALFORMED, nothing, |d| d.input("\"@path\"", "path")),
        ("alg-of-another", MALFORMED, nothing, |d| d.input("hmac-sha256", "rsa-v1_5-sha256")),
        ("alg-none", MALFORMED, nothing, |d| d.input("hmac-sha256", "none")),
        ("alg-missing", MALFORMED, nothing, |d| d.input(";alg=\"hmac-sha256\"", "")),
        ("nonce-missing", MALFORMED, |d| d.nonce = "n".into(), |d| d.input(";nonce=\"n\"", "")),
        ("nonce-empty", MALFORMED, |d| d.nonce = String::new(), nothing),
        (
            "nonce-of-5-kb",
            MALFORMED,
            |d| d.nonce = "n".into(),
            |d| d.input("\"n\"", &format!("\"{}\"", "n".repeat(5_000))),
        ),
        ("keyid-missing", MALFORMED, nothing, |d| d.input(";keyid=\"origin\"", "")),
        ("created-missing", MALFORMED, |d| d.created = 5, |d| d.input(";created=5", "")),
        ("created-in-words", MALFORMED, |d| d.created = 5, |d| d.input("created=5", "created=\"now\"")),
        ("created-below-zero", MALFORMED, |d| d.created = 5, |d| d.input("created=5", "created=-5")),
        ("created-with-a-fraction", MALFORMED, |d| d.created = 5, |d| d.input("created=5", "created=5.5")),
        ("created-of-16-digits", MALFORMED, |d| d.created = 5, |d| d.input("created=5", "created=9999999999999999")),
        ("created-twice", MALFORMED, |d| d.created = 5, |d| d.input("created=5", "created=5;created=9999999999")),
        (
            "created-made-later",
            MISMATCH,
            |d| d.created = now() - 600,
            |d| {
                let (old, new) = (format!("created={}", d.created), format!("created={}", now()));
                d.input(&old, &new);
            },
        ),
        ("expires-added", MALFORMED, nothing, |d| d.input(";alg", ";expires=9999999999;alg")),
    ]
}

const PARAMS: &str = ";created=1;nonce=\"n\";keyid=\"origin\";alg=\"hmac-sha256\"";

type Text = fn(&Forge) -> String;
type Value = fn(&Forge) -> Vec<u8>;

/// Signed by the origin itself, and still no value: it may have been taken over.
fn values() -> Vec<(&'static str, Expect, Text, Value)> {
    let manifest: Text = |_| key::manifest(TENANT, "moby-dick");
    let record: Value = |_| b"9000000000\n{}".to_vec();
    vec![
        ("key-missing", VALUE, |_| String::new(), record),
        ("key-that-climbs", VALUE, |_| "m/press/../other".into(), record),
        ("key-that-climbs-escaped", VALUE, |_| "m/press/%2e%2e/other".into(), record),
        ("key-of-no-kind", VALUE, |_| "x/press/moby-dick".into(), record),
        ("key-in-capitals", VALUE, |_| "m/PRESS/moby-dick".into(), record),
        ("key-with-an-empty-segment", VALUE, |_| "m//moby-dick".into(), record),
        ("key-with-a-nul", VALUE, |_| "m/press/a%00".into(), record),
        ("key-with-a-line-end", VALUE, |_| "m/press/a%0d%0a".into(), record),
        ("key-of-300-letters", VALUE, |_| format!("m/press/{}", "a".repeat(300)), record),
        ("object-of-no-hash", VALUE, |_| "o/press/abc".into(), |f| f.object.1.clone()),
        ("object-of-another-hash", VALUE, |_| key::object(TENANT, &"a".repeat(64), 0), |f| f.object.1.clone()),
        ("object-of-part-0", VALUE, |f| format!("o/press/{}/0", f.object.0), |f| f.object.1.clone()),
        ("object-of-part-2-to-the-32", VALUE, |f| format!("o/press/{}/4294967296", f.object.0), |f| f.object.1.clone()),
        ("object-changed", VALUE, |f| key::object(TENANT, &f.object.0, 0), |_| b"changed".to_vec()),
        ("object-in-a-part-too-long", VALUE, |f| key::object(TENANT, &f.object.0, 1), |_| vec![b'x'; 900_001]),
        ("record-of-nothing", VALUE, manifest, |_| Vec::new()),
        ("record-without-a-version", VALUE, manifest, |_| b"{}".to_vec()),
        ("record-of-version-below-zero", VALUE, manifest, |_| b"-1\n{}".to_vec()),
        ("record-of-version-in-words", VALUE, manifest, |_| b"new\n{}".to_vec()),
        ("record-of-version-2-to-the-64", VALUE, manifest, |_| b"18446744073709551616\n{}".to_vec()),
        ("record-of-an-older-version", KEPT, manifest, |_| format!("{}\n", VERSION - 1).into_bytes()),
        ("record-of-the-same-version", KEPT, manifest, |_| format!("{VERSION}\n").into_bytes()),
        ("record-of-version-0", KEPT, manifest, |_| b"0\n".to_vec()),
        ("record-too-long", Error(413, "REQUEST_BODY_TOO_LARGE"), manifest, |_| {
            [b"9000000000\n".as_slice(), &vec![b' '; limits::KV_VALUE]].concat()
        }),
    ]
}
