//! What a provider says of who has logged in there: the ID token (OpenID Connect Core 1.0, sections 2 and 3.1.3.7).
//! Pure: no clock, no network.

use aw_trust::compare;
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use crate::factors::signature::{Form, PublicKey};

/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// How far clocks may differ, in seconds.
const SKEW: u64 = 60;
/// How old a token may be that has just been asked for, in seconds.
const AGE: u64 = 600;

/// The algorithms that are taken. `none` and those of shared secrets are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The kind of its keys.
    pub(super) fn kty(self) -> &'static str {
        match self {
            Self::Rs256 => "RSA",
            Self::Es256 => "EC",
        }
    }
}

/// A token whose head has been read, and nothing of it believed.
#[derive(Debug)]
pub(super) struct Unverified<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

/// Who has logged in.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub(super) sub: String,
    aud: OneOrMany,
    azp: Option<String>,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    nonce: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default)]
    email_verified: Truth,
    pub(super) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Some providers write it as a string.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Truth {
    Bool(bool),
    Text(String),
}

impl Default for Truth {
    fn default() -> Self {
        Self::Bool(false)
    }
}

impl Claims {
    /// Whether the provider has proved the address.
    pub(super) fn email_verified(&self) -> bool {
        match &self.email_verified {
            Truth::Bool(is) => *is,
            Truth::Text(text) => text == "true",
        }
    }
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expect<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now_s: u64,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) &'static str);

impl<'a> Unverified<'a> {
    /// Reads the head.
    pub(super) fn read(token: &'a str) -> Result<Self, Refused> {
        const SHAPE: Refused = Refused("it is no signed token");
        if token.len() > LONGEST {
            return Err(Refused("it is too long"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(SHAPE)?;
        let (head, payload) = signed.split_once('.').filter(|(_, payload)| !payload.contains('.')).ok_or(SHAPE)?;
        let head = BASE64URL_NOPAD.decode(head.as_bytes()).map_err(|_| SHAPE)?;
        let head: Head = serde_json::from_slice(&head).map_err(|_| SHAPE)?;
        if head.crit.is_some() {
            return Err(Refused("it has an extension that must be understood, and is not"));
        }
        let algorithm = match head.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "ES256" => Algorithm::Es256,
            _ => return Err(Refused("its algorithm is not RS256 or ES256")),
        };
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| SHAPE)?;
        Ok(Self { algorithm, kid: head.kid, signed, payload, signature })
    }

    /// The claims, where `key` has signed them and they are as expected.
    pub(super) fn verify(&self, key: &PublicKey, expect: &Expect<'_>) -> Result<Claims, Refused> {
        let kind = match key {
            PublicKey::Rsa(_) => Algorithm::Rs256,
            PublicKey::P256(_) => Algorithm::Es256,
            PublicKey::Ed25519(_) => return Err(Refused("the key is of another kind")),
        };
        if kind != self.algorithm || !key.verify(self.signed.as_bytes(), &self.signature, Form::Raw) {
            return Err(Refused("its signature is not the provider's"));
        }
        let payload = BASE64URL_NOPAD.decode(self.payload.as_bytes()).map_err(|_| Refused("its claims are none"))?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| Refused("its claims are none"))?;
        check(&claims, expect)?;
        Ok(claims)
    }
}

fn check(claims: &Claims, expect: &Expect<'_>) -> Result<(), Refused> {
    if claims.iss != expect.issuer {
        return Err(Refused("it is of another issuer"));
    }
    let (meant, others) = match &claims.aud {
        OneOrMany::One(aud) => (aud == expect.client_id, false),
        OneOrMany::Many(all) => (all.iter().any(|aud| aud == expect.client_id), all.len() > 1),
    };
    let party = claims.azp.as_deref();
    if !meant || party.is_some_and(|azp| azp != expect.client_id) || (others && party.is_none()) {
        return Err(Refused("it is for another client"));
    }
    if claims.exp.saturating_add(SKEW) <= expect.now_s {
        return Err(Refused("it has expired"));
    }
    let early = |at: u64| at > expect.now_s.saturating_add(SKEW);
    if early(claims.iat) || claims.nbf.is_some_and(early) {
        return Err(Refused("it is from the future"));
    }
    if claims.iat.saturating_add(AGE) < expect.now_s {
        return Err(Refused("it is old"));
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !compare::equal(nonce.as_bytes(), expect.nonce.as_bytes()) {
        return Err(Refused("it answers another login"));
    }
    if !(1..=255).contains(&claims.sub.len()) || claims.sub.contains('\0') {
        return Err(Refused("its subject is none"));
    }
    Ok(())
}
