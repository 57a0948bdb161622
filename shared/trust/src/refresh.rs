//! Refresh tokens: opaque, kept hashed, each made from the one before.

use crate::{
    Key,
    encoding::base64url,
    mac::{hmac, sha256},
};

/// The first token of a session, from 32 random bytes.
pub fn first(random: &[u8; 32]) -> String {
    base64url(random)
}

/// The token that replaces `token`: every refresh with the same token gives the same successor, so that fifty at once
/// log nobody out. `key` is the origin's, derived for the purpose `refresh`.
pub fn successor(key: &Key, token: &str) -> String {
    base64url(&hmac(key.bytes(), &[b"refresh\0", token.as_bytes()]))
}

/// What the origin keeps of a token: its SHA-256.
pub fn hash(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}
