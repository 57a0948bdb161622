//! Opaque tokens, kept hashed.

use aw_platform::{Platform, Value};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// 32 random bytes as base64url: 43 characters.
pub(crate) fn token<P: Platform>(p: &P) -> String {
    BASE64URL_NOPAD.encode(&random::<P, 32>(p))
}

/// As many random bytes.
pub(crate) fn random<P: Platform, const N: usize>(p: &P) -> [u8; N] {
    let mut bytes = [0; N];
    p.random(&mut bytes);
    bytes
}

/// The SHA-256 that the database knows a token by.
pub(crate) fn hash(token: impl AsRef<[u8]>) -> Value {
    let hash: [u8; 32] = Sha256::digest(token).into();
    Bytes::copy_from_slice(&hash).into()
}
