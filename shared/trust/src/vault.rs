//! What the origin keeps in a tenant's database and nobody may read there: sealed with keys of the master key.

use crate::{
    encoding::{base64url, from_base64url},
    key::{KeyError, derive},
    mac::hmac,
    sealed::{self, NONCE},
};

/// The digits of a code (Crockford's base 32): none looks like another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many digits a code has: 80 bits, which nobody guesses.
const CODE: usize = 16;

/// Seals `plain`: XChaCha20-Poly1305 under a key made from the master secret; tenant and `name` (what it is) are
/// authenticated, so that it opens as nothing else and for nobody else. `nonce` must be random. Base64url.
///
/// # Errors
/// A master secret that is too short; a tenant or name that is empty or has a NUL.
pub fn seal(master: &[u8], tenant: &str, name: &str, plain: &[u8], nonce: [u8; NONCE]) -> Result<String, KeyError> {
    let key = derive(master, sealed::PURPOSE)?;
    Ok(base64url(&sealed::seal(&key, &context(tenant, name)?, plain, nonce)))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`KeyError::Sealed`] where it was sealed with another secret, for another tenant or name, or was altered.
pub fn open(master: &[u8], tenant: &str, name: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
    let bytes = from_base64url(sealed).ok_or(KeyError::Sealed)?;
    let key = derive(master, sealed::PURPOSE)?;
    sealed::open(&key, &context(tenant, name)?, &bytes).ok_or(KeyError::Sealed)
}

/// A code for people to pass on, such as a gift's: 16 digits of base 32, made of the tenant and the name of what it is
/// for. Who has no master key can neither make nor guess it.
///
/// # Errors
/// A master secret that is too short; a tenant or name that is empty or has a NUL.
pub fn code(master: &[u8], tenant: &str, name: &str) -> Result<String, KeyError> {
    let key = derive(master, "code")?;
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

    const MASTER: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn it_opens_for_its_tenant_and_name_only() {
        let sealed = seal(MASTER, "press", "payments", b"sk_1", [7; 24]).unwrap();
        assert_eq!(open(MASTER, "press", "payments", &sealed).unwrap(), b"sk_1");
        assert_eq!(open(MASTER, "other", "payments", &sealed), Err(KeyError::Sealed));
        assert_eq!(open(MASTER, "press", "mail", &sealed), Err(KeyError::Sealed));
        assert_eq!(open(b"another master key of 32 bytes!!!", "press", "payments", &sealed), Err(KeyError::Sealed));
        for broken in ["", "!", &sealed[1..], &sealed[..20]] {
            assert_eq!(open(MASTER, "press", "payments", broken), Err(KeyError::Sealed), "{broken}");
        }
    }

    #[test]
    fn a_code_is_typed_as_people_type() {
        let code = code(MASTER, "press", "gift-1").unwrap();
        assert_eq!(code.len(), 16);
        let spoken = format!(" {}-{} ", code[..8].to_lowercase(), code[8..].replace('0', "o").replace('1', "l"));
        assert_eq!(typed(&spoken).as_deref(), Some(code.as_str()));
        for bad in ["", "short", "UUUUUUUUUUUUUUUU", "00000000000000000", "éééééééééééééééé"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
