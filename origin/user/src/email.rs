//! E-mail addresses.

use aw_platform::ApiError;

/// The address in the form in which it is kept: trimmed, in lower case.
///
/// The check is small on purpose: that mail arrives proves an address, and nothing else does. Taken is a local part of
/// visible ASCII without quotes (RFC 5321, `Dot-string`) at a domain of at least two labels, or `localhost`.
///
/// # Errors
/// 422 `USER_EMAIL_INVALID`.
pub(crate) fn normalised(email: &str) -> Result<String, ApiError> {
    let email = email.trim().to_ascii_lowercase();
    if is_address(&email) {
        return Ok(email);
    }
    Err(ApiError::new(422, "USER_EMAIL_INVALID", "write an e-mail address such as ada@example.org"))
}

fn is_address(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    let atom =
        |a: &str| !a.is_empty() && a.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b));
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    email.len() <= 254
        && local.len() <= 64
        && local.split('.').all(atom)
        && domain.split('.').all(label)
        && (domain.contains('.') || domain == "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case() {
        assert_eq!(normalised(" Ada.Lovelace+aw@Example.ORG ").unwrap(), "ada.lovelace+aw@example.org");
        assert_eq!(normalised("root@localhost").unwrap(), "root@localhost");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "@",
            "a@",
            "@b.c",
            "a b@c.d",
            "a@b",
            "a@b..c",
            "a..b@c.d",
            ".a@c.d",
            "a@-b.c",
            "a@b.c\n@d.e",
            "a@b@",
            "\"a\"@b.c",
            "ä@b.c",
            "a@b.c,d@e.f",
            "a@b_c.d",
        ] {
            assert_eq!(normalised(bad).unwrap_err().status(), 422, "{bad:?}");
        }
        assert!(normalised(&format!("{}@b.c", "a".repeat(65))).is_err());
    }
}
