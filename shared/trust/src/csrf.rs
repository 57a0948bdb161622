//! Proof that a write with a cookie comes from our own page.

use crate::{Key, compare, encoding::base64url, mac::hmac};

/// The CSRF token of a session: HMAC(tenant key, session). A signed double-submit cookie, as OWASP's cheat sheet on
/// CSRF has it: a stranger's page can neither read nor make it, and another session's is worth nothing.
pub fn token(key: &Key, session: &str) -> String {
    // The NUL keeps it apart from access tokens, which the same key signs: their text has none.
    base64url(&hmac(key.bytes(), &[b"csrf\0", session.as_bytes()]))
}

/// Whether `token` is the session's.
pub fn verify(key: &Key, session: &str, token: &str) -> bool {
    compare::equal(self::token(key, session).as_bytes(), token.as_bytes())
}
