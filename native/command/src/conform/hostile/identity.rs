//! Identities that a stranger writes into headers: they go nowhere, and change nothing.

use aw_conformance::origin::hex;

use super::{
    Attack,
    judge::Expect::{self, Error, Taken},
};
use crate::conform::wire::Reply;

const CHAPTER: &str = "/v1/books/moby-dick/chapters/4";
const PAYWALL: Expect = Error(402, "CONTENT_ACCESS_PAYMENT_REQUIRED");

/// What the origin saw: every field that tells it who asks, as the edge wrote it and no other.
fn as_the_edge_says(reply: &Reply) -> Result<(), String> {
    let seen = reply.text();
    let has = |name: &str, value: &str| seen.lines().any(|line| line == format!("{name}={}", hex(value.as_bytes())));
    let count = |name: &str| seen.lines().filter(|line| line.starts_with(&format!("{name}="))).count();
    if reply.status() != 200 || !has("x-aw-tenant", "press") || !has("x-aw-host", "press.localhost") {
        return Err("the origin was not told whose site it is".to_owned());
    }
    let allowed = ["x-aw-tenant", "x-aw-host", "x-aw-client-ip"];
    let others = seen.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    if let Some(forged) = others.into_iter().find(|name| name.starts_with("x-aw-") && !allowed.contains(name)) {
        return Err(format!("the origin was told {forged}"));
    }
    if seen.contains(&hex(b"10.9.9.9")) || seen.contains(&hex(b"evil")) {
        return Err("the origin was told what a stranger wrote".to_owned());
    }
    let signed = ["content-digest", "signature", "signature-input", "x-aw-tenant"].iter().all(|name| count(name) == 1);
    if signed { Ok(()) } else { Err("the edge's signature is not there, or there is another one".to_owned()) }
}

pub(super) fn attacks() -> Vec<Attack> {
    let told = Taken(as_the_edge_says);
    let table: &[(&str, &[(&str, &str)])] = &[
        ("forged-user", &[("X-Aw-User", "evil"), ("X-Aw-Session", "evil")]),
        ("forged-roles", &[("x-aw-roles", "owner"), ("X-AW-ROLES", "evil")]),
        ("forged-tenant", &[("X-Aw-Tenant", "evil"), ("X-Aw-Tenant", "press")]),
        ("forged-host", &[("X-Aw-Host", "evil.example"), ("X-Forwarded-Host", "evil.example")]),
        (
            "forged-address",
            &[("X-Aw-Client-Ip", "10.9.9.9"), ("X-Forwarded-For", "10.9.9.9"), ("X-Real-Ip", "10.9.9.9")],
        ),
        ("forged-forwarded", &[("Forwarded", "for=10.9.9.9;host=evil.example;proto=https")]),
        ("forged-version", &[("X-Aw-Version", "evil"), ("X-Aw-Anything", "evil")]),
        (
            "forged-signature",
            &[("Signature", "aw=:ZXZpbA==:"), ("Signature-Input", "aw=(\"@path\");created=1;keyid=\"origin\"")],
        ),
        ("forged-second-signature", &[("Signature", "evil=:ZXZpbA==:"), ("Signature-Input", "evil=();created=1")]),
        ("forged-digest", &[("Content-Digest", "sha-256=:ZXZpbA==:"), ("Repr-Digest", "sha-256=:AAAA:")]),
        (
            "headers-of-the-connection",
            &[("Connection", "x-aw-tenant, x-aw-host, signature, signature-input, content-digest")],
        ),
        ("session-in-a-header", &[("Cookie", "session=evil; theme=evil"), ("Proxy-Authorization", "Basic evil")]),
    ];
    let mut all: Vec<Attack> = table
        .iter()
        .map(|&(name, fields)| Attack::new(name, told, move |_| super::request("POST", "/reflect", fields, b"")))
        .collect();
    all.push(Attack::get("owner-by-header", PAYWALL, CHAPTER, &[("X-Aw-User", "owner"), ("X-Aw-Roles", "owner")]));
    all.push(Attack::get("tier-by-header", PAYWALL, CHAPTER, &[("X-Aw-Ent", "tier:gold"), ("X-User-Id", "1")]));
    all.push(Attack::get("override-by-header", PAYWALL, CHAPTER, &[("X-Original-Url", "/"), ("X-Rewrite-Url", "/")]));
    all.push(Attack::get("method-by-header", PAYWALL, CHAPTER, &[("X-Http-Method-Override", "PUT")]));
    let named = Taken(|reply| {
        let id = reply.head.text("x-request-id").unwrap_or_default();
        if reply.status() == 200 && !id.contains('<') && id.len() <= 64 {
            Ok(())
        } else {
            Err(format!("its id is {id:?}"))
        }
    });
    all.push(Attack::get("request-id-of-markup", named, "/v1/books", &[("X-Request-Id", "<script>alert(1)</script>")]));
    let long = "r".repeat(5_000);
    all.push(Attack::new("request-id-of-5-kb", named, move |_| {
        super::request("GET", "/v1/books", &[("X-Request-Id", &long)], b"")
    }));
    all
}
