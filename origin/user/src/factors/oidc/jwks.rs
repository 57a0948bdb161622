//! A provider's keys: JSON Web Key Set (RFC 7517, RFC 7518 section 6).

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use super::id_token::Algorithm;
use crate::factors::signature::PublicKey;

/// The most keys of a set that are looked at.
const MOST: usize = 50;

/// Keys, as they were read.
#[derive(Debug, Deserialize)]
pub(super) struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Debug, Deserialize)]
struct Jwk {
    #[serde(default)]
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    pub(super) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The key that signs with `algorithm` under the name `kid`; without a name, the only one that could.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<PublicKey> {
        let fits = |key: &&Jwk| {
            key.r#use.as_deref().is_none_or(|u| u == "sig")
                && key.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
                && key.kty == algorithm.kty()
                && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        };
        let mut all = self.keys.iter().take(MOST).filter(fits);
        match (all.next(), all.next()) {
            (Some(key), None) => key.public_key(algorithm),
            _ => None,
        }
    }
}

impl Jwk {
    fn public_key(&self, algorithm: Algorithm) -> Option<PublicKey> {
        let bytes = |field: &Option<String>| BASE64URL_NOPAD.decode(field.as_deref()?.as_bytes()).ok();
        match algorithm {
            Algorithm::Rs256 => PublicKey::rsa(&bytes(&self.n)?, &bytes(&self.e)?),
            Algorithm::Es256 if self.crv.as_deref() == Some("P-256") => {
                PublicKey::p256(&bytes(&self.x)?, &bytes(&self.y)?)
            }
            Algorithm::Es256 => None,
        }
    }
}
