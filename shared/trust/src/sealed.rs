//! What the origin keeps for itself and must not be readable in its database: sealed, or known by a fingerprint only.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

use crate::{Key, mac::hmac};

/// The purpose of the key that seals and fingerprints, made from the master key, which no edge has.
pub const PURPOSE: &str = "vault";
const NONCE: usize = 24;

/// Seals `secret` with XChaCha20-Poly1305; `context` says what it is and whose, and is authenticated: what was sealed
/// for one row opens in no other. `nonce` must be random. Gives nonce and ciphertext.
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
        let sealed = seal(&key, "totp ada", b"secret", [7; 24]);
        assert_eq!(open(&key, "totp ada", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(open(&key, "totp bob", &sealed), None);
        assert_eq!(open(&other, "totp ada", &sealed), None);
        for n in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[n] ^= 1;
            assert_eq!(open(&key, "totp ada", &altered), None);
            assert_eq!(open(&key, "totp ada", &sealed[..n]), None);
        }
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
