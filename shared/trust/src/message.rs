//! HTTP Message Signatures (RFC 9421) with `hmac-sha256`, as edge, origin and operator sign to each other.
//!
//! A signature is labelled `aw` and covers the method, the authority, the path, the query, `content-digest` and every
//! `x-aw-*` header that is there. Its parameters are `created`, `nonce`, `keyid` and `alg`, all of them.

mod base;
mod error;
mod input;
#[cfg(test)]
mod vectors;

use aw_platform::Platform;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};
use sfv::{DictSerializer, KeyRef};

pub use self::error::SignatureError;
use self::input::Input;
use crate::{Key, compare, digest, encoding::base64url, mac::hmac};

/// How old a signature may be, in seconds.
pub const AGE: u64 = 60;
/// How far ahead of the verifier's the signer's clock may be, in seconds.
pub const SKEW: u64 = 10;
/// The prefix of the headers that must be covered.
const PREFIX: &str = "x-aw-";
/// What must be covered besides.
const REQUIRED: [&str; 5] = ["@method", "@authority", "@path", "@query", "content-digest"];

const LABEL: &KeyRef = sfv::key_ref("aw");
/// The header of the body's digest.
pub const DIGEST: HeaderName = HeaderName::from_static("content-digest");
const INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// Who signs, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The key, derived for the purpose [`key::REQUEST`](crate::key::REQUEST).
    pub key: &'a Key,
    /// Its id: an edge's name, `origin` or `operator`.
    pub key_id: &'a str,
    /// The time, in seconds since 1970.
    pub created_s: u64,
    /// Never the same twice: [`nonce`].
    pub nonce: &'a str,
}

/// What a good signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose key made it.
    pub key_id: String,
    /// The nonce, at most 64 bytes. An origin takes it once.
    pub nonce: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

/// A nonce from 16 random bytes.
pub fn nonce(random: &[u8; 16]) -> String {
    base64url(random)
}

/// Signs a request for `authority`, as it stands: what is set afterwards is not covered. Sets `Content-Digest` to
/// `body_digest` (from [`digest::content_digest`]), `Signature-Input` and `Signature`, over any that are there.
///
/// # Errors
/// [`SignatureError::Malformed`] where a covered value, the key id or the nonce is not ASCII, or there are so many
/// `x-aw-*` headers that nobody would read the signature.
pub fn sign(
    request: &mut Parts,
    authority: &str,
    signer: &Signer<'_>,
    body_digest: &str,
) -> Result<(), SignatureError> {
    request.headers.insert(DIGEST, HeaderValue::from_str(body_digest).map_err(|_| SignatureError::Malformed)?);
    let mut sorted: Vec<&str> = Vec::new();
    for name in ours(&request.headers) {
        // A handful: the library's sort would be nine kilobytes of every edge module.
        sorted.insert(sorted.partition_point(|there| *there < name), name);
    }
    let components: Vec<&str> = REQUIRED.into_iter().chain(sorted).collect();
    let input = Input::new(&components, signer).ok_or(SignatureError::Malformed)?;
    let params = input.serialize();
    let base = base::build(request, authority, &input, &params)?;
    let mut signature = DictSerializer::new();
    signature.bare_item(LABEL, &hmac(signer.key.bytes(), &[base.as_bytes()])[..]);
    let signature = signature.finish().unwrap_or_default();
    let value = |s: &str| HeaderValue::from_str(s).map_err(|_| SignatureError::Malformed);
    let (input, signature) = (value(&format!("{}={params}", LABEL.as_str()))?, value(&signature)?);
    if input.len() > input::LENGTH {
        return Err(SignatureError::Malformed);
    }
    request.headers.insert(INPUT, input);
    request.headers.insert(SIGNATURE, signature);
    Ok(())
}

/// [`sign`] with this platform's clock and randomness, for a request with that body.
///
/// # Errors
/// As [`sign`].
pub fn sign_now<P: Platform>(
    platform: &P,
    request: &mut Parts,
    authority: &str,
    (key_id, key): (&str, &Key),
    body: &[u8],
) -> Result<(), SignatureError> {
    let mut random = [0; 16];
    platform.random(&mut random);
    let nonce = nonce(&random);
    let signer = Signer { key, key_id, created_s: platform.now() / 1000, nonce: &nonce };
    sign(request, authority, &signer, &digest::content_digest(body))
}

/// Checks that a request was signed for `authority` at most [`AGE`] seconds ago; `find` gives the key of a key id.
///
/// The body is not looked at: check it with [`digest::matches`] against `Content-Digest`, which is covered. Whether
/// the nonce is new is the caller's to find out, after this.
///
/// # Errors
/// Each reason has a [code](SignatureError::code).
pub fn verify(
    request: &Parts,
    authority: &str,
    find: impl FnOnce(&str) -> Option<Key>,
    now_s: u64,
) -> Result<Verified, SignatureError> {
    let input = input::parse(only(&request.headers, &INPUT)?)?;
    let signature = input::signature(only(&request.headers, &SIGNATURE)?)?;
    let covered = |name: &str| input.components().any(|c| c == name);
    if !REQUIRED.into_iter().chain(ours(&request.headers)).all(covered) {
        return Err(SignatureError::Uncovered);
    }
    let params = input.params()?;
    if params.created.saturating_add(AGE) < now_s {
        return Err(SignatureError::Expired);
    }
    if params.created > now_s.saturating_add(SKEW) {
        return Err(SignatureError::Future);
    }
    let key = find(&params.key_id).ok_or(SignatureError::Key)?;
    let base = base::build(request, authority, &input, &input.serialize())?;
    if !compare::equal(&hmac(key.bytes(), &[base.as_bytes()]), &signature) {
        return Err(SignatureError::Mismatch);
    }
    Ok(params)
}

/// The one value of a header: two might be read differently by two readers.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a [u8], SignatureError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(SignatureError::Missing),
        (Some(value), None) => Ok(value.as_bytes()),
        (Some(_), Some(_)) => Err(SignatureError::Malformed),
    }
}

fn ours(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with(PREFIX))
}
