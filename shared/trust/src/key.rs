//! Keys: derived from a secret for one purpose, sealed on their way to an edge.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroize;

use crate::encoding::{base64url, from_base64url};

/// The purpose of the key that signs requests between edge and origin.
pub const REQUEST: &str = "request";
/// The purpose of the key that signs the operator's requests. It is made from the master key, which no edge has: an
/// edge is never an operator.
pub const OPERATOR: &str = "operator";
/// The purpose of the key that seals tenants' keys.
const SEAL: &str = "seal";
/// The shortest secret that keys are derived from, in bytes.
pub const SECRET: usize = 32;
const NONCE: usize = 24;

/// 32 bytes of key. `Debug` hides them, and they are wiped when it is dropped.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The secret has so many bytes, fewer than [`SECRET`].
    Short(usize),
    /// A tenant or a `kid` is empty or has a NUL.
    Name,
    /// Not sealed with this secret for this tenant and `kid`.
    Sealed,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short(n) => write!(
                f,
                "the secret has {n} bytes and needs {SECRET} or more: make one with `openssl rand -hex 32` and set it \
                 where this platform keeps its secrets"
            ),
            Self::Name => f.write_str("a key's tenant and kid must not be empty or have a NUL"),
            Self::Sealed => f.write_str("the key was not sealed with this secret for this tenant and kid"),
        }
    }
}

impl std::error::Error for KeyError {}

impl From<KeyError> for aw_platform::Error {
    fn from(error: KeyError) -> Self {
        Self::internal(error.to_string())
    }
}

/// The key for `purpose`, made from a secret with HKDF-SHA-256 (RFC 5869). Keys for different purposes tell nothing
/// of each other.
///
/// # Errors
/// [`KeyError::Short`] for a secret of fewer than [`SECRET`] bytes.
pub fn derive(secret: &[u8], purpose: &str) -> Result<Key, KeyError> {
    if secret.len() < SECRET {
        return Err(KeyError::Short(secret.len()));
    }
    let mut key = [0; 32];
    let Ok(()) = Hkdf::<Sha256>::new(Some(b"authorworks"), secret).expand(purpose.as_bytes(), &mut key) else {
        unreachable!("HKDF-SHA-256 gives up to 8160 bytes")
    };
    Ok(Key(key))
}

/// The key of a tenant's tokens with that `kid`.
///
/// # Errors
/// A master secret that is too short; a tenant or `kid` that is empty or has a NUL.
pub fn tenant_key(master: &[u8], tenant: &str, kid: &str) -> Result<Key, KeyError> {
    derive(master, &format!("token\0{}", name(tenant, kid)?))
}

/// Seals a tenant's key for the edge: XChaCha20-Poly1305 under a key derived from `edge_key`; tenant and `kid` are
/// authenticated. `nonce` must be random. The result is base64url of nonce and ciphertext.
///
/// # Errors
/// A secret that is too short; a tenant or `kid` that is empty or has a NUL.
pub fn seal(edge_key: &[u8], tenant: &str, kid: &str, key: &Key, nonce: [u8; NONCE]) -> Result<String, KeyError> {
    let aad = name(tenant, kid)?;
    let payload = Payload { msg: key.bytes(), aad: aad.as_bytes() };
    let sealed = cipher(edge_key)?.encrypt(&nonce.into(), payload).map_err(|_| KeyError::Sealed)?;
    Ok(base64url(&[&nonce[..], &sealed].concat()))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`KeyError::Sealed`] where it was sealed with another secret, for another tenant or `kid`, or was altered.
pub fn unseal(edge_key: &[u8], tenant: &str, kid: &str, sealed: &str) -> Result<Key, KeyError> {
    let aad = name(tenant, kid)?;
    let bytes = from_base64url(sealed).ok_or(KeyError::Sealed)?;
    let (nonce, msg) = bytes.split_first_chunk::<NONCE>().ok_or(KeyError::Sealed)?;
    let payload = Payload { msg, aad: aad.as_bytes() };
    let mut key = cipher(edge_key)?.decrypt(&(*nonce).into(), payload).map_err(|_| KeyError::Sealed)?;
    let opened = key.as_slice().try_into().map(Key).map_err(|_| KeyError::Sealed);
    key.zeroize();
    opened
}

fn cipher(edge_key: &[u8]) -> Result<XChaCha20Poly1305, KeyError> {
    Ok(XChaCha20Poly1305::new(derive(edge_key, SEAL)?.bytes().into()))
}

/// Tenant and `kid` in one string that no other pair gives.
fn name(tenant: &str, kid: &str) -> Result<String, KeyError> {
    let ok = |s: &str| !s.is_empty() && !s.contains('\0');
    if ok(tenant) && ok(kid) { Ok(format!("{tenant}\0{kid}")) } else { Err(KeyError::Name) }
}
