//! Signatures of others: of authenticators and of identity providers. Only the public half of a key is ever here.

use ed25519_dalek::{Signature as Ed25519Signature, VerifyingKey as Ed25519Key};
use p256::ecdsa::{Signature as P256Signature, VerifyingKey as P256Key, signature::Verifier};
use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey as RsaKey};
use sha2::{Digest, Sha256};

/// RSA moduli that are taken, in bits: shorter ones can be factored, longer ones cost too much.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A public key. Its kind decides the algorithm; what a message says of it decides nothing.
#[derive(Clone, Debug)]
pub(crate) enum PublicKey {
    /// ES256: ECDSA with P-256 and SHA-256.
    P256(Box<P256Key>),
    /// EdDSA with Ed25519 (RFC 8032).
    Ed25519(Box<Ed25519Key>),
    /// RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017).
    Rsa(Box<RsaKey>),
}

/// How an ECDSA signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// ASN.1 DER, as WebAuthn has it.
    Der,
    /// Both numbers, 32 bytes each, as JOSE has it.
    Raw,
}

impl PublicKey {
    /// A point of P-256 by its coordinates; `None` where it is not on the curve.
    pub(crate) fn p256(x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != 32 || y.len() != 32 {
            return None;
        }
        let point = [&[4], x, y].concat();
        P256Key::from_sec1_bytes(&point).ok().map(|key| Self::P256(Box::new(key)))
    }

    /// A point of Ed25519; `None` where it is none.
    pub(crate) fn ed25519(x: &[u8]) -> Option<Self> {
        Ed25519Key::from_bytes(x.try_into().ok()?).ok().map(|key| Self::Ed25519(Box::new(key)))
    }

    /// A modulus and an exponent, big-endian; `None` where they are no key of a size that is taken.
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Option<Self> {
        if n.len() > RSA_BITS.end() / 8 + 1 || e.len() > 8 {
            return None;
        }
        let number = BoxedUint::from_be_slice_vartime;
        RsaKey::new_with_size_limits(number(n), number(e), RSA_BITS).ok().map(|key| Self::Rsa(Box::new(key)))
    }

    /// Whether `signature` is this key's, of `message`.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8], form: Form) -> bool {
        match self {
            Self::P256(key) => {
                let signature = match form {
                    Form::Der => P256Signature::from_der(signature),
                    Form::Raw => P256Signature::from_slice(signature),
                };
                signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Self::Ed25519(key) => {
                let signature = Ed25519Signature::from_slice(signature);
                signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            Self::Rsa(key) => key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature).is_ok(),
        }
    }
}
