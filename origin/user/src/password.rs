//! Passwords: argon2id (RFC 9106) with OWASP's first choice of costs, m = 19 MiB, t = 2, p = 1.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use aw_platform::{ApiError, Error, Platform, Result};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Refuses a password that is too short to be good or too long to be hashed at leisure.
///
/// # Errors
/// 422 `USER_PASSWORD_INVALID`.
pub(crate) fn check(password: &str) -> Result<(), ApiError> {
    if (10..=1024).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(ApiError::new(422, "USER_PASSWORD_INVALID", "a password has 10 to 1024 characters"))
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("argon2: {error}"))
}

/// The password's hash, as a PHC string with a salt of its own.
///
/// # Errors
/// None that a password can cause.
pub(crate) fn hash<P: Platform>(p: &P, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    p.random(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(internal)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(internal)?.to_string())
}

/// Whether it is the password of `hash`. Without a hash (there is no such account) it takes as long and is not.
///
/// # Errors
/// What is kept is no hash.
pub(crate) fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    let argon2 = argon2()?;
    let Some(hash) = hash else {
        let mut out = [0; 32];
        argon2.hash_password_into(password.as_bytes(), b"no such account!", &mut out).map_err(internal)?;
        std::hint::black_box(out);
        return Ok(false);
    };
    let hash = PasswordHash::new(hash).map_err(internal)?;
    Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_its_passwords_and_nobody_elses() {
        let p = aw_memory::Memory::new();
        let kept = hash(&p, "correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash(&p, "correct horse").unwrap(), "salted");
        assert!(verify("correct horse", Some(&kept)).unwrap());
        assert!(!verify("correct horsf", Some(&kept)).unwrap());
        assert!(!verify("correct horse", None).unwrap());
        assert!(verify("x", Some("plain")).is_err());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(check("ääääääääää").is_ok());
        for bad in ["123456789".to_owned(), "x".repeat(1025)] {
            assert_eq!(check(&bad).unwrap_err().status(), 422);
        }
    }
}
