//! The authenticator's part: authenticator data (section 6.1) and the attestation object around it (section 6.5).

use aw_trust::compare;
use ciborium::Value;
use sha2::{Digest, Sha256};

use super::{CREDENTIAL, Refusal};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

/// What an authenticator says of itself.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8],
    present: bool,
    /// Whether the person was recognised (by a finger, a PIN), not only present.
    pub(crate) verified: bool,
    eligible: bool,
    /// Whether the credential is kept in more than one place.
    pub(crate) backed_up: bool,
    /// Of its signatures; 0 where it does not count.
    pub(crate) sign_count: u32,
    pub(super) credential: Option<Credential<'a>>,
}

/// A new credential.
#[derive(Clone, Copy, Debug)]
pub(super) struct Credential<'a> {
    pub(super) id: &'a [u8],
    pub(super) public_key: &'a [u8],
}

const SHORT: Refusal = Refusal("the authenticator data ends before its end");

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Result<&'a [u8], Refusal> {
    let (taken, left) = rest.split_at_checked(n).ok_or(SHORT)?;
    *rest = left;
    Ok(taken)
}

/// One CBOR item, as bytes.
fn item<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Refusal> {
    let begin = *rest;
    let _: Value = ciborium::from_reader(&mut *rest).map_err(|_| Refusal("the authenticator data is no CBOR"))?;
    Ok(&begin[..begin.len() - rest.len()])
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it to its end.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let rest = &mut &*bytes;
        let rp_id_hash = take(rest, 32)?;
        let flags = take(rest, 1)?[0];
        let count: [u8; 4] = take(rest, 4)?.try_into().map_err(|_| SHORT)?;
        let has = |flag| flags & flag != 0;
        let mut credential = None;
        if has(ATTESTED) {
            let _aaguid = take(rest, 16)?;
            let length: [u8; 2] = take(rest, 2)?.try_into().map_err(|_| SHORT)?;
            let length = usize::from(u16::from_be_bytes(length));
            if !(1..=CREDENTIAL).contains(&length) {
                return Err(Refusal("the credential's id has 1 to 1023 bytes"));
            }
            credential = Some(Credential { id: take(rest, length)?, public_key: item(rest)? });
        }
        if has(EXTENDED) {
            item(rest)?;
        }
        if !rest.is_empty() {
            return Err(Refusal("the authenticator data goes on behind its end"));
        }
        Ok(Self {
            rp_id_hash,
            present: has(PRESENT),
            verified: has(VERIFIED),
            eligible: has(ELIGIBLE),
            backed_up: has(BACKED_UP),
            sign_count: u32::from_be_bytes(count),
            credential,
        })
    }

    /// Checks what must be so in every ceremony.
    pub(super) fn check(&self, rp_id: &str) -> Result<(), Refusal> {
        if !compare::equal(self.rp_id_hash, &Sha256::digest(rp_id)) {
            return Err(Refusal("the credential is for another host"));
        }
        if !self.present {
            return Err(Refusal("nobody was there"));
        }
        if self.backed_up && !self.eligible {
            return Err(Refusal("the authenticator says of a backup what cannot be"));
        }
        Ok(())
    }
}

/// The authenticator data of an attestation object: a map of `fmt`, `attStmt` and `authData`.
pub(super) fn attested(object: &[u8]) -> Result<Vec<u8>, Refusal> {
    const WRONG: Refusal = Refusal("attestationObject is not as it should be");
    let mut rest = object;
    let map = ciborium::from_reader(&mut rest).ok().and_then(|value: Value| value.into_map().ok()).ok_or(WRONG)?;
    if !rest.is_empty() {
        return Err(WRONG);
    }
    let get = |name: &str| map.iter().find(|(k, _)| k.as_text() == Some(name)).map(|(_, value)| value);
    let format = get("fmt").and_then(Value::as_text).ok_or(WRONG)?;
    let statement = get("attStmt").and_then(Value::as_map).ok_or(WRONG)?;
    // Section 8.7: none says nothing.
    if format == "none" && !statement.is_empty() {
        return Err(WRONG);
    }
    get("authData").and_then(Value::as_bytes).cloned().ok_or(WRONG)
}
