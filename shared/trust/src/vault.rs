//! What the origin keeps in a tenant's database and nobody may read there: sealed with keys of the master key.

use crate::{
    encoding::{base64url, from_base64url},
    key::{Key, KeyError},
    mac::hmac,
    sealed::{self, NONCE},
};

/// The digits of a code (Crockford's base 32): none looks like another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits a code has: 80 bits, which nobody guesses.
const CODE: usize = 16;

/// The purpose of the key that [codes](code) are made with.
pub const CODES: &str = "code";

/// Seals `plain`: XChaCha20-Poly1305 under the key for [`sealed::PURPOSE`]; tenant and `name` (what it is) are
/// authenticated, so that it opens as nothing else and for nobody else. `nonce` must be random. Base64url.
///
/// # Errors
/// A tenant or name that is empty or has a NUL.
pub fn seal(key: &Key, tenant: &str, name: &str, plain: &[u8], nonce: [u8; NONCE]) -> Result<String, KeyError> {
    Ok(base64url(&sealed::seal(key, &context(tenant, name)?, plain, nonce)))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`KeyError::Sealed`] where it was sealed with another key, for another tenant or name, or was altered.
pub fn open(key: &Key, tenant: &str, name: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
    let bytes = from_base64url(sealed).ok_or(KeyError::Sealed)?;
    sealed::open(key, &context(tenant, name)?, &bytes).ok_or(KeyError::Sealed)
}

/// A code for people to pass on, such as a gift's: 16 digits of base 32, made of the tenant and the name of what it is
/// for with the key for [`CODES`]. Who has no master key can neither make nor guess it.
///
/// # Errors
/// A tenant or name that is empty or has a NUL.
pub fn code(key: &Key, tenant: &str, name: &str) -> Result<String, KeyError> {
    let mac = hmac(key.bytes(), &[context(tenant, name)?.as_bytes()]);
    Ok(mac.iter().take(CODE).map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect())
}

/// A code as somebody may have typed it, as [`code`] gives it: without gaps and hyphens, in upper case, and with the
/// digits that its letters were taken for. `None` for what is none.
pub fn typed(code: &str) -> Option<String> {
    let digit = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let plain: String = code.chars().filter(|c| !matches!(c, '-' | ' ')).take(CODE + 1).map(digit).collect();
    let ok = plain.len() == CODE && plain.bytes().all(|b| DIGITS.contains(&b));
    ok.then_some(plain)
}

fn context(tenant: &str, name: &str) -> Result<String, KeyError> {
    let ok = |s: &str| !s.is_empty() && !s.contains('\0');
    if ok(tenant) && ok(name) { Ok(format!("{tenant}\0{name}")) } else { Err(KeyError::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(master: &[u8], purpose: &str) -> Key {
        crate::key::derive(master, purpose).unwrap()
    }

    const MASTER: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn it_opens_for_its_tenant_and_name_only() {
        let vault = &key(MASTER, sealed::PURPOSE);
        let sealed = seal(vault, "press", "payments", b"sk_1", [7; 24]).unwrap();
        assert_eq!(open(vault, "press", "payments", &sealed).unwrap(), b"sk_1");
        assert_eq!(open(vault, "other", "payments", &sealed), Err(KeyError::Sealed));
        assert_eq!(open(vault, "press", "mail", &sealed), Err(KeyError::Sealed));
        assert_eq!(
            open(&key(b"another master key of 32 bytes!!!", sealed::PURPOSE), "press", "payments", &sealed),
            Err(KeyError::Sealed)
        );
        for broken in ["", "!", &sealed[1..], &sealed[..20]] {
            assert_eq!(open(vault, "press", "payments", broken), Err(KeyError::Sealed), "{broken}");
        }
    }

    #[test]
    fn a_code_is_typed_as_people_type() {
        let code = code(&key(MASTER, CODES), "press", "gift-1").unwrap();
        assert_eq!(code.len(), 16);
        let spoken = format!(" {}-{} ", code[..8].to_lowercase(), code[8..].replace('0', "o").replace('1', "l"));
        assert_eq!(typed(&spoken).as_deref(), Some(code.as_str()));
        for bad in ["", "short", "UUUUUUUUUUUUUUUU", "00000000000000000", "éééééééééééééééé"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
