//! What tokens are signed with.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::SECRET;

/// An RSA key of 2048 bits that signs for nobody else.
const N: &str = "93d964bab7f8715f1b94e79eb8ae6ce2fdc5b35da3d1ab99e877361a72434935ec919f7e293dbf5b2cb1e2d0e59cd39c02a7\
    09a962d0619d35b260bcde76a1bf0b213921bef6b13c1022ebb4c62d5d6f99b61a20231e1379288f684fd6e49c4bef4dd30c\
    edad935a3ee9f31d034822b1f38608ef94ac918dc2a6a9f57fd378d6b242b13ce4ad9df7bcd3a131c9070571c30dbab3b0fe\
    0e57c3c7f24deda6f7ebe32a50dfd0d9358dfb304c7687175ab5dbcc07514604b38523f53854a57cf710873197b689abb41d\
    e808ac962d2bbdbac0396db856b6120203ed424cd6581fc38954ea00db28b53167aeb49490b2edcb030498dd083bbb188d3e\
    1bab07d862e9";
/// Its private exponent.
const D: &str = "0200d8148f99962fabb800cb6dc52f44841bc1aa6b25d42569b8f3cab7f1a17451984788f6161819ac295ce167bb1042f4e6\
    3e83450b7dc71b8b273467ef4391cb1cd0215ced0ac9bd8e3b935f7c0de00d3d226d7d0c534738fd78745c7d0c811ae4fb0f\
    19c9584dc8bc72c6d9dc885bd0e8e80617059f934427edf59d9dc7ed5b8685d941f637db2e23dbe934e782114c32d8d72ec3\
    6e38349b48e700ff45a371ebebf41bf83dddfa76ad22c3dd07e6902fd64ea01474ac9024e7cf2942aa3995b38506c6baede3\
    39b58af633423ba5a233dd4896f1826caea129b586051ee4a920ec952239a46e7240648a8d60a1898cb556adc8fa0269d47e\
    98344c299b81";
/// Its primes.
const P1: &str = "c942004d3c9dfe3d6ff0b465faff0d17750e0f59a2be000b5343759643bf47266f92f2aa3eb855baa61bfce1199cf9973911\
    4e990ad649b7e373920ab35ff28273902c3d3a331c2307d902674676e4a8c9325e7153bdb3eb0f499e79f5cfd7073377c982\
    341e4376f66d4837d12eeb3fff4d0c722d6a12799827eb2967f5732d";
/// Its primes.
const P2: &str = "bc10706c406da88cc07a8cc6f508443a8427bae9292c2b3b7b0af89922547af165ef9ec6e3e6afe7fe677411ae1d0ac00d47\
    d72517b2cefc4b9d56b3ba3c4d21b399b6eb8af17f248167f9d32976e4a3e1d6c67f735fc1c83cc186386ec2d4e82620ab6e\
    da21e5049fb7649828b024824b887225c3d0ae6ed6fb772b0846342d";

/// How a provider signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// RS256 under the name `rsa`.
    Rsa,
    /// ES256 under a name, with the key that this seed makes.
    P256(&'static str, u8),
    /// Not at all: `alg` is `none`.
    None,
    /// HS256 with what everybody knows: the public key's modulus.
    PublicAsSecret,
    /// HS256 with the client's secret.
    ClientSecret,
}

/// The keys of a provider.
pub(crate) struct Keys {
    rsa: PrivateKey,
}

/// In base64url without padding (RFC 7515, section 2).
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

fn p256(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("a key")
}

fn number(hex: &str) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(&HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal"))
}

impl Keys {
    pub(crate) fn new() -> Self {
        let e = BoxedUint::from_be_slice_vartime(&[1, 0, 1]);
        let primes = vec![number(P1), number(P2)];
        Self { rsa: PrivateKey::from_components(number(N), e, number(D), primes).expect("a key") }
    }

    /// The public half (RFC 7517).
    pub(crate) fn jwk(&self, key: Key) -> Value {
        match key {
            Key::P256(kid, seed) => {
                let point = p256(seed).verifying_key().to_sec1_point(false);
                let bytes = point.as_bytes();
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": base64url(&bytes[1..33]),
                    "y": base64url(&bytes[33..]) })
            }
            _ => json!({ "kty": "RSA", "kid": "rsa", "alg": "RS256", "n": base64url(self.modulus()), "e": "AQAB" }),
        }
    }

    fn modulus(&self) -> Vec<u8> {
        let n = self.rsa.n().to_be_bytes();
        n.iter().copied().skip_while(|b| *b == 0).collect()
    }

    /// The claims as a signed token (RFC 7519).
    pub(crate) fn sign(&self, key: Key, claims: &Value) -> String {
        let (alg, kid) = match key {
            Key::Rsa => ("RS256", "rsa"),
            Key::P256(kid, _) => ("ES256", kid),
            Key::None => ("none", "rsa"),
            Key::PublicAsSecret | Key::ClientSecret => ("HS256", "rsa"),
        };
        let head = base64url(json!({ "alg": alg, "kid": kid, "typ": "JWT" }).to_string());
        let text = format!("{head}.{}", base64url(claims.to_string()));
        let hmac = |key: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        let signature = match key {
            Key::Rsa => self.rsa.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&text)).expect("a signature"),
            Key::P256(_, seed) => {
                let signature: Signature = p256(seed).sign(text.as_bytes());
                signature.to_bytes().to_vec()
            }
            Key::None => Vec::new(),
            Key::PublicAsSecret => hmac(&self.modulus()),
            Key::ClientSecret => hmac(SECRET.as_bytes()),
        };
        format!("{text}.{}", base64url(signature))
    }
}
