//! What the origin keeps for itself and must not be readable in its databases.
//!
//! A column with such a secret says so in its comment, so that a tenant can be moved to an installation with another
//! master key without anybody's list of them:
//!
//! ```sql
//! COMMENT ON COLUMN totp_secrets.sealed IS 'sealed: totp {tenant} {user_id}';
//! ```
//!
//! What follows `sealed: ` is the *context*, which is authenticated: `{tenant}` stands for the tenant's id, `{COLUMN}`
//! for another column of the row, `\0` for a NUL. The key is derived from the master key for [`PURPOSE`]. A `bytea` has
//! what [`seal`] gives, a `text` its base64url (RFC 4648, section 5, without padding).

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

use crate::{Key, mac::hmac};

/// The purpose of the key, which is made from the master key, which no edge has.
pub const PURPOSE: &str = "vault";
/// How a comment of a column with sealed secrets begins.
pub const COMMENT: &str = "sealed: ";
/// The bytes of a nonce.
pub const NONCE: usize = 24;

/// Seals `secret` with XChaCha20-Poly1305; what was sealed for one context opens in no other. `nonce` must be random.
/// Gives nonce and ciphertext.
pub fn seal(key: &Key, context: &str, secret: &[u8], nonce: [u8; NONCE]) -> Vec<u8> {
    let payload = Payload { msg: secret, aad: context.as_bytes() };
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    let Ok(sealed) = cipher.encrypt(&nonce.into(), payload) else { unreachable!("no secret is 256 GB long") };
    [&nonce[..], &sealed].concat()
}

/// Opens what [`seal`] made; `None` where it was sealed with another key, for another context, or was altered.
pub fn open(key: &Key, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg, aad: context.as_bytes() };
    XChaCha20Poly1305::new(key.bytes().into()).decrypt(&(*nonce).into(), payload).ok()
}

/// The context that a comment's text tells of, for a row whose columns `column` gives as text; `None` where one is
/// not there.
///
/// ```
/// let column = |name: &str| (name == "user_id").then(|| "u-1".to_owned());
/// let context = |text| aw_trust::sealed::context(text, "press", column);
/// assert_eq!(context("totp {tenant} {user_id}").as_deref(), Some("totp press u-1"));
/// assert_eq!(context("{tenant}\\0payments").as_deref(), Some("press\0payments"));
/// assert_eq!((context("{nobody}"), context("{open")), (None, None));
/// ```
pub fn context(text: &str, tenant: &str, column: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(&plain.replace("\\0", "\0"));
        out.push_str(&if name == "tenant" { tenant.to_owned() } else { column(name)? });
        rest = after;
    }
    out.push_str(&rest.replace("\\0", "\0"));
    Some(out)
}

/// What a short secret is known by: HMAC of `context` and `text`. Who has the database alone cannot try out all texts.
pub fn fingerprint(key: &Key, context: &str, text: &str) -> [u8; 32] {
    let length = (context.len() as u64).to_be_bytes();
    hmac(key.bytes(), &[b"fingerprint\0", &length, context.as_bytes(), text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let (key, other) = (Key::new([1; 32]), Key::new([2; 32]));
        let sealed = seal(&key, "totp ada", b"secret", [7; NONCE]);
        assert_eq!(open(&key, "totp ada", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(open(&key, "totp bob", &sealed), None);
        assert_eq!(open(&other, "totp ada", &sealed), None);
        assert_eq!(open(&key, "totp ada", &sealed[..NONCE - 1]), None);
    }

    #[test]
    fn a_fingerprint_depends_on_all_of_it() {
        let key = Key::new([1; 32]);
        let one = fingerprint(&key, "ab", "c");
        assert_eq!(one, fingerprint(&key, "ab", "c"));
        assert_ne!(one, fingerprint(&key, "a", "bc"));
        assert_ne!(one, fingerprint(&Key::new([2; 32]), "ab", "c"));
    }
}
