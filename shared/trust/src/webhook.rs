//! Webhooks as Stripe signs them: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`, HMAC-SHA-256 over `SECONDS.BODY`.
//!
//! <https://docs.stripe.com/webhooks#verify-manually>. While a secret is being replaced there are two, and a header has
//! a `v1` for each.

use crate::{compare, encoding::hex, mac::hmac};

/// How old a webhook may be, and how far ahead its sender's clock, in seconds.
pub const TOLERANCE: u64 = 300;
/// More `v1` than any sender has secrets.
const MOST: usize = 8;

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// The header is missing, or is not `t=…,v1=…`.
    Malformed,
    /// It was signed longer than [`TOLERANCE`] ago, or is of a time to come.
    Time,
    /// No signature is that of any secret.
    Signature,
}

impl std::fmt::Display for WebhookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the signature must be t=SECONDS,v1=HEX",
            Self::Time => "the signature is too old, or of a time to come",
            Self::Signature => "the signature is not that of any secret",
        })
    }
}

impl std::error::Error for WebhookError {}

/// Verifies the raw `body` against the header's value and the secrets (`whsec_…`, as they are written).
///
/// # Errors
/// [`WebhookError`].
pub fn verify(header: &str, body: &[u8], secrets: &[impl AsRef<[u8]>], now_s: u64) -> Result<(), WebhookError> {
    let mut time = None;
    let mut given = Vec::new();
    for part in header.split(',') {
        match part.split_once('=').ok_or(WebhookError::Malformed)? {
            ("t", seconds) if time.is_none() => time = Some(seconds),
            ("t", _) => return Err(WebhookError::Malformed),
            ("v1", signature) if given.len() < MOST => given.push(signature),
            ("v1", _) => return Err(WebhookError::Malformed),
            // Schemes of other times are no concern of ours.
            _ => {}
        }
    }
    let time = time.filter(|_| !given.is_empty()).ok_or(WebhookError::Malformed)?;
    let plain = (1..=12).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let seconds: u64 = time.parse().ok().filter(|_| plain).ok_or(WebhookError::Malformed)?;
    // All are compared, so that the time tells nothing.
    let mut good = false;
    for secret in secrets {
        let expected = signature(secret.as_ref(), time, body);
        for signature in &given {
            good |= compare::equal(expected.as_bytes(), signature.as_bytes());
        }
    }
    if !good {
        return Err(WebhookError::Signature);
    }
    if seconds.abs_diff(now_s) > TOLERANCE { Err(WebhookError::Time) } else { Ok(()) }
}

/// The header's value for a body that is sent at `now_s`, with a `v1` for each secret.
pub fn sign(body: &[u8], secrets: &[impl AsRef<[u8]>], now_s: u64) -> String {
    let time = now_s.to_string();
    secrets
        .iter()
        .fold(format!("t={time}"), |header, secret| format!("{header},v1={}", signature(secret.as_ref(), &time, body)))
}

fn signature(secret: &[u8], time: &str, body: &[u8]) -> String {
    hex(&hmac(secret, &[time.as_bytes(), b".", body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_760_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    #[test]
    fn what_is_signed_is_believed_for_five_minutes() {
        let header = sign(BODY, &["whsec_a"], NOW);
        for now in [NOW, NOW + TOLERANCE, NOW - TOLERANCE] {
            assert_eq!(verify(&header, BODY, &["whsec_b", "whsec_a"], now), Ok(()));
        }
        for now in [NOW + TOLERANCE + 1, NOW - TOLERANCE - 1] {
            assert_eq!(verify(&header, BODY, &["whsec_a"], now), Err(WebhookError::Time));
        }
        assert_eq!(verify(&header, b"{}", &["whsec_a"], NOW), Err(WebhookError::Signature));
        assert_eq!(verify(&header, BODY, &["whsec_b"], NOW), Err(WebhookError::Signature));
        assert_eq!(verify(&header, BODY, &[] as &[&str], NOW), Err(WebhookError::Signature));
    }

    #[test]
    fn any_of_several_signatures_will_do() {
        let header = sign(BODY, &["whsec_old", "whsec_new"], NOW);
        assert_eq!(verify(&header, BODY, &["whsec_new"], NOW), Ok(()));
        let spoilt = header.replacen("v1=", "v1=00", 1);
        assert_eq!(verify(&spoilt, BODY, &["whsec_new"], NOW), Ok(()));
        assert_eq!(verify(&spoilt, BODY, &["whsec_old"], NOW), Err(WebhookError::Signature));
        assert_eq!(verify(&format!("{header},v0=x"), BODY, &["whsec_new"], NOW), Ok(()));
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let many = format!("t=1{}", ",v1=00".repeat(MOST + 1));
        for bad in ["", "t=", "t=1", "v1=00", "t=x,v1=00", "t=-1,v1=00", "t=1,t=1,v1=00", "t=1;v1=00", &many] {
            assert_eq!(verify(bad, BODY, &["whsec_a"], 1), Err(WebhookError::Malformed), "{bad}");
        }
    }
}
