//! Codes that change with the time (RFC 6238): HMAC-SHA-1, six digits, steps of thirty seconds.

use aw_trust::compare;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The length of a secret in bytes: as long as the hash (RFC 4226, section 4, R6).
pub(crate) const SECRET: usize = 20;
const STEP: u64 = 30;

/// The time step of a second since 1970.
fn step(now_s: u64) -> u64 {
    now_s / STEP
}

/// The code of a time step (RFC 4226, section 5.3).
fn code(secret: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { unreachable!("HMAC takes keys of every length") };
    mac.update(&step.to_be_bytes());
    let mac: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(mac[19] & 15);
    let word = [mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]];
    format!("{:06}", u32::from_be_bytes(word) % 1_000_000)
}

/// The step whose code this is: the running one, the one before, or the one after, for clocks that differ. All three
/// are compared, whichever it is.
pub(crate) fn matching(secret: &[u8], given: &str, now_s: u64) -> Option<u64> {
    let now = step(now_s);
    let mut found = None;
    for step in [now.saturating_sub(1), now, now + 1] {
        if compare::equal(code(secret, step).as_bytes(), given.as_bytes()) {
            found = Some(step);
        }
    }
    found
}

/// Six digits, without the spaces that some apps show among them.
pub(crate) fn cleaned(given: &str) -> Option<String> {
    let code: String = given.chars().filter(|c| !c.is_whitespace()).take(7).collect();
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// The secret as people type it, and apps read it.
pub(crate) fn base32(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The address that an app makes an entry of (Key Uri Format, as Google Authenticator's wiki has it). The parameters
/// are the defaults, which not every app reads.
pub(crate) fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let escaped = |text: &str| {
        // A colon parts issuer and account.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~@".contains(&b);
        text.bytes().fold(String::new(), |mut out, b| {
            if plain(b) {
                out.push(char::from(b));
            } else {
                out.push_str(&format!("%{b:02X}"));
            }
            out
        })
    };
    // A press's name may be longer than a QR code has room for, and than a phone shows.
    let issuer: String = issuer.chars().take(40).collect();
    let (issuer, account, secret) = (escaped(&issuer), escaped(account), base32(secret));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (time, whole) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(secret, step(time)), whole[2..], "{time}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn counters_are_those_of_the_rfc() {
        let all = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489";
        for (counter, expected) in (0..).zip(all.split(' ')) {
            assert_eq!(code(b"12345678901234567890", counter), expected);
        }
    }

    #[test]
    fn a_step_to_either_side_is_taken_and_two_are_not() {
        let secret = b"12345678901234567890";
        let given = code(secret, 100);
        let at = |step: u64| matching(secret, &given, step * STEP + 29);
        assert_eq!([98, 99, 100, 101, 102].map(at), [None, Some(100), Some(100), Some(100), None]);
        assert_eq!(matching(secret, "", 3000), None);
    }

    #[test]
    fn six_digits_are_a_code() {
        assert_eq!(cleaned(" 123 456").as_deref(), Some("123456"));
        for wrong in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456 7"] {
            assert_eq!(cleaned(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_reads_the_address() {
        assert_eq!(
            uri("Press: a & b", "ada@example.org", b"12345678901234567890"),
            "otpauth://totp/Press%3A%20a%20%26%20b:ada@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Press%3A%20a%20%26%20b&algorithm=SHA1&digits=6&period=30"
        );
    }
}
