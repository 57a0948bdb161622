//! Signed requests. What is signed is taken; nothing that a stranger writes is, and nothing panics.
#![no_main]

use aw_trust::{
    Key, digest,
    message::{self, Signer},
};
use http::{HeaderName, HeaderValue, Request, request::Parts};
use libfuzzer_sys::fuzz_target;

const AUTHORITY: &str = "127.0.0.1:4000";
const NOW: u64 = 1_800_000_000;

fn key() -> Key {
    Key::new([0x5a; 32])
}

/// A request of the input's lines: target, then `name: value`.
fn request(text: &[u8]) -> Option<Parts> {
    let mut lines = text.split(|b| *b == b'\n');
    let mut request = Request::post(lines.next()?).body(()).ok()?.into_parts().0;
    for line in lines {
        let colon = line.iter().position(|b| *b == b':')?;
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        let (name, value) = (HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers.try_append(name, value).ok()?;
    }
    Some(request)
}

fuzz_target!(|data: &[u8]| {
    let Some(mut parts) = request(data) else { return };
    if let Some(value) = parts.headers.get("content-digest").and_then(|v| v.to_str().ok()) {
        digest::matches(value, b"");
    }
    let verified = message::verify(&parts, AUTHORITY, |_| Some(key()), NOW);
    assert!(verified.is_err(), "a stranger's signature was taken");

    let key = self::key();
    let signer = Signer { key: &key, key_id: "west", created_s: NOW, nonce: "n" };
    if message::sign(&mut parts, AUTHORITY, &signer, &digest::content_digest(data)).is_ok() {
        let verified = message::verify(&parts, AUTHORITY, |_| Some(self::key()), NOW);
        assert!(verified.is_ok(), "our own signature was refused: {verified:?} {parts:?}");
        parts.headers.append("x-aw-forged", HeaderValue::from_static("1"));
        assert!(message::verify(&parts, AUTHORITY, |_| Some(self::key()), NOW).is_err());
    }
});
