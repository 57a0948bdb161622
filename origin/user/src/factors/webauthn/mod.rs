//! WebAuthn (Level 3): what an authenticator and its browser said, checked. Pure: no database, no clock.
//!
//! Attestation is parsed and not trusted: this says that a credential is the same one again, not who made the device.

mod client;
mod cose;
mod data;
#[cfg(test)]
mod tests;

use client::Ceremony;
pub(crate) use data::AuthenticatorData;
use sha2::{Digest, Sha256};

use super::signature::Form;

/// The algorithms that are taken, the best first (RFC 9053): EdDSA, ES256, RS256.
pub(crate) const ALGORITHMS: [i64; 3] = [-8, -7, -257];
/// The longest id of a credential, in bytes.
pub(crate) const CREDENTIAL: usize = 1023;

/// Why something is refused, in words for who builds a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);

/// Where a ceremony takes place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party<'a> {
    /// The host without its port.
    pub(crate) rp_id: &'a str,
    /// Such as `https://press.example`.
    pub(crate) origin: &'a str,
}

/// A credential that has just been made.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: Vec<u8>,
    /// COSE_Key, as the authenticator wrote it.
    pub(crate) public_key: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) backed_up: bool,
    /// The challenge that was signed, as text.
    pub(crate) challenge: String,
}

/// Checks a registration (section 7.1, but for the challenge, which is the caller's to take).
///
/// # Errors
/// What is wrong with it.
pub(crate) fn register(party: Party<'_>, client_data: &[u8], attestation: &[u8]) -> Result<Registered, Refusal> {
    let client = client::read(client_data, Ceremony::Create, party.origin)?;
    let data = data::attested(attestation)?;
    let data = AuthenticatorData::parse(&data)?;
    data.check(party.rp_id)?;
    let Some(credential) = &data.credential else { return Err(Refusal("the authenticator gave no credential")) };
    cose::parse(credential.public_key)?;
    Ok(Registered {
        id: credential.id.to_vec(),
        public_key: credential.public_key.to_vec(),
        sign_count: data.sign_count,
        backed_up: data.backed_up,
        challenge: client.challenge,
    })
}

/// What a login's signature covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) client_data: &'a [u8],
    pub(crate) authenticator_data: &'a [u8],
    pub(crate) signature: &'a [u8],
}

/// The challenge that a login answers, before anything else of it is checked.
///
/// # Errors
/// What is wrong with the browser's part.
pub(crate) fn challenge(party: Party<'_>, client_data: &[u8]) -> Result<String, Refusal> {
    Ok(client::read(client_data, Ceremony::Get, party.origin)?.challenge)
}

/// Checks a login with the credential that has `public_key` (section 7.2, but for challenge and counter, which are the
/// caller's).
///
/// # Errors
/// What is wrong with it.
pub(crate) fn login<'a>(
    party: Party<'_>,
    signed: Signed<'a>,
    public_key: &[u8],
) -> Result<AuthenticatorData<'a>, Refusal> {
    client::read(signed.client_data, Ceremony::Get, party.origin)?;
    let data = AuthenticatorData::parse(signed.authenticator_data)?;
    data.check(party.rp_id)?;
    let mut message = signed.authenticator_data.to_vec();
    message.extend_from_slice(&Sha256::digest(signed.client_data));
    if cose::parse(public_key)?.verify(&message, signed.signature, Form::Der) {
        return Ok(data);
    }
    Err(Refusal("the signature is not this credential's"))
}
