//! What an attacker can make: tokens and signatures, good but for one thing.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use aw_trust::{
    key,
    token::{self, Claims, LIFE},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};

use crate::conform::{
    site::{HOST, KID, MASTER_KEY, Site, TENANT},
    world::unique,
};

/// The keys of a site, and one request to hide.
#[derive(Clone)]
pub(super) struct Forge {
    /// The SHA-256 and the bytes of an object that the site has.
    pub(super) object: (String, Vec<u8>),
    hidden: Hidden,
}

/// A request that hides in another one. The origin counts those that come through.
#[derive(Clone)]
pub(super) struct Hidden {
    id: Arc<str>,
    used: Arc<AtomicBool>,
}

impl Hidden {
    pub(super) fn new() -> Self {
        Self { id: unique("hidden").into(), used: Arc::default() }
    }

    /// The name under which the origin counts it.
    pub(super) fn counter(&self) -> String {
        format!("count {}", self.id)
    }

    /// Whether anything was hidden.
    pub(super) fn used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Its text.
    fn request(&self) -> String {
        self.used.store(true, Ordering::Relaxed);
        format!("POST /count?key={} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0\r\n\r\n", self.id)
    }
}

impl Forge {
    pub(super) fn new(site: &Site) -> Self {
        let object = site.values.iter().find(|(key, value)| key.starts_with("o/") && value.len() < 2_000);
        let (name, bytes) = object.map(|(key, value)| (key.as_str(), value.clone())).unwrap_or_default();
        let sha256 = name.rsplit('/').next().unwrap_or_default().to_owned();
        Self { object: (sha256, bytes), hidden: Hidden::new() }
    }

    /// The same with another request to hide.
    pub(super) fn with(&self, hidden: Hidden) -> Self {
        Self { hidden, ..self.clone() }
    }

    /// `text` with the hidden request, its length and the reader's token in their places.
    pub(super) fn fill(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let mut out = text.replace("{host}", HOST);
        if out.contains("{hidden") {
            let hidden = self.hidden.request();
            out = out.replace("{hidden-length}", &hidden.len().to_string()).replace("{hidden}", &hidden);
        }
        if out.contains("{token}") {
            out = out.replace("{token}", &self.token());
        }
        out
    }

    /// Claims of a reader of the tier `gold`.
    pub(super) fn claims(&self) -> Claims {
        let (base, now) = (format!("http://{HOST}"), now());
        Claims {
            iss: base.clone(),
            aud: base,
            sub: "01900000-0000-7000-8000-000000000099".to_owned(),
            tenant: TENANT.to_owned(),
            sid: "01900000-0000-7000-8000-000000000098".to_owned(),
            roles: vec!["reader".to_owned()],
            ent: vec!["tier:gold".to_owned()],
            email_verified: true,
            iat: now,
            exp: now + LIFE,
            jti: "01900000-0000-7000-8000-000000000097".to_owned(),
        }
    }

    /// A good token.
    pub(super) fn token(&self) -> String {
        self.mint(&self.claims())
    }

    /// A token of these claims, signed as the origin does.
    pub(super) fn mint(&self, claims: &Claims) -> String {
        let Ok(key) = key::tenant_key(MASTER_KEY, TENANT, KID) else { unreachable!("it is long enough") };
        token::mint(&key, KID, claims)
    }

    /// A token of any header and claims, under the right key.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        self.seal(&format!("{}.{}", encode(header), encode(claims)))
    }

    /// The good signature of whatever stands before it.
    pub(super) fn seal(&self, signed: &str) -> String {
        // HKDF by hand (RFC 5869): extract, then the one block that is expanded.
        let derived = mac(&mac(b"authorworks", MASTER_KEY), format!("token\0{TENANT}\0{KID}\x01").as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac(&derived, signed.as_bytes())))
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(key) else { unreachable!("keys have any length") };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Base64url of `text`, as a token's part.
pub(super) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}
