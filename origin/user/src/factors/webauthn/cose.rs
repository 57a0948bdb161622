//! Public keys as authenticators write them: COSE_Key (RFC 9052, section 7; RFC 9053; RFC 8230).

use ciborium::Value;

use super::Refusal;
use crate::factors::signature::PublicKey;

/// Labels.
const KTY: i64 = 1;
const ALG: i64 = 3;

/// Reads a key of one of [the algorithms](super::ALGORITHMS).
pub(super) fn parse(bytes: &[u8]) -> Result<PublicKey, Refusal> {
    let mut rest = bytes;
    let map = ciborium::from_reader(&mut rest).ok().and_then(|value: Value| value.into_map().ok());
    let map = map.filter(|_| rest.is_empty()).ok_or(Refusal("the public key is no COSE_Key"))?;
    let get = |label: i64| map.iter().find(|(k, _)| k.as_integer() == Some(label.into())).map(|(_, value)| value);
    let number = |label| get(label).and_then(Value::as_integer).and_then(|n| i64::try_from(n).ok());
    let bytes = |label| get(label).and_then(Value::as_bytes).map(Vec::as_slice).unwrap_or_default();
    // OKP has kty 1 and Ed25519 crv 6; EC2 has kty 2 and P-256 crv 1; RSA has kty 3, n under -1 and e under -2.
    let key = match (number(KTY), number(ALG)) {
        (Some(1), Some(-8)) if number(-1) == Some(6) => PublicKey::ed25519(bytes(-2)),
        (Some(2), Some(-7)) if number(-1) == Some(1) => PublicKey::p256(bytes(-2), bytes(-3)),
        (Some(3), Some(-257)) => PublicKey::rsa(bytes(-1), bytes(-2)),
        _ => return Err(Refusal("the public key is of no algorithm that was asked for")),
    };
    key.ok_or(Refusal("the public key is none"))
}
