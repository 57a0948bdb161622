//! A small identity provider over real HTTP, with keys of its own, that a test can make lie.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use aw_runtimes::neighbour::{Answer, Asked, Neighbour};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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

pub(crate) const CLIENT: &str = "press & co";
pub(crate) const SECRET: &str = "a secret: with % and +";

/// How a provider signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
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

pub(crate) type Twist = fn(&mut Value);

/// What a test sets.
#[derive(Clone)]
pub(crate) struct Mood {
    pub(crate) key: Key,
    /// Which keys are published.
    pub(crate) published: Vec<Key>,
    /// Who logs in: the claims besides those of the protocol.
    pub(crate) person: Value,
    /// What becomes of the claims.
    pub(crate) twist: Twist,
    pub(crate) down: bool,
}

struct State {
    mood: Mood,
    addr: SocketAddr,
    rsa: PrivateKey,
    /// Code → nonce, PKCE challenge, address to go back to.
    codes: HashMap<String, [String; 3]>,
    /// Requests by path.
    asked: HashMap<String, usize>,
}

/// The provider.
pub(crate) struct Provider {
    state: Arc<Mutex<State>>,
    pub(crate) addr: SocketAddr,
}

fn p256(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Provider {
    pub(crate) fn start() -> Self {
        let number = |hex: &str| BoxedUint::from_be_slice_vartime(&HEXLOWER.decode(hex.as_bytes()).unwrap());
        let e = BoxedUint::from_be_slice_vartime(&[1, 0, 1]);
        let rsa = PrivateKey::from_components(number(N), e, number(D), vec![number(P1), number(P2)]).unwrap();
        let neighbour = Neighbour::new().unwrap();
        let addr = neighbour.addr;
        let person = json!({ "sub": "s-1", "email": "Ada@Example.org", "email_verified": true, "name": "Ada L." });
        let mood = Mood { key: Key::Rsa, published: vec![Key::Rsa], person, twist: |_| {}, down: false };
        let state = State { mood, addr, rsa, codes: HashMap::new(), asked: HashMap::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        neighbour.serve(move |asked| answer(&asked, &shared));
        Self { state, addr }
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.state.lock().unwrap().mood);
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// What a browser does with an address of the provider, whose user agrees: the parameters that it comes back with,
    /// and where.
    pub(crate) fn visit(&self, url: &str) -> (String, HashMap<String, String>) {
        let target = url.strip_prefix(&self.issuer()).expect("the provider's own address");
        let mut socket = TcpStream::connect(self.addr).unwrap();
        write!(socket, "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        let location =
            text.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{text}"));
        let (place, query) = location.split_once('?').unwrap();
        (place.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }
}

fn answer(asked: &Asked, state: &Mutex<State>) -> Answer {
    let (path, query) = asked.split();
    let mut state = state.lock().unwrap();
    *state.asked.entry(path.to_owned()).or_default() += 1;
    if state.mood.down {
        return Answer::json(503, &json!({}));
    }
    match path {
        "/.well-known/openid-configuration" => Answer::json(200, &state.discovery()),
        "/keys" => Answer::json(200, &state.keys()),
        "/authorize" => state.authorize(query),
        "/token" => state.token(asked),
        _ => Answer::json(404, &json!({})),
    }
}

impl State {
    fn discovery(&self) -> Value {
        let base = format!("http://{}", self.addr);
        json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize?ui=small"),
            "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys"),
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        })
    }

    fn keys(&self) -> Value {
        let keys: Vec<Value> = self.mood.published.iter().map(|key| self.jwk(*key)).collect();
        json!({ "keys": keys })
    }

    fn jwk(&self, key: Key) -> Value {
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

    fn authorize(&mut self, query: &str) -> Answer {
        let all: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let get = |name: &str| all.get(name).cloned().unwrap_or_default();
        let fixed = ["response_type", "client_id", "scope", "code_challenge_method", "ui"].map(get);
        assert_eq!(fixed, ["code", CLIENT, "openid email profile", "S256", "small"]);
        let code = format!("code-{}", self.codes.len());
        self.codes.insert(code.clone(), [get("nonce"), get("code_challenge"), get("redirect_uri")]);
        let back = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &get("state"))
            .finish();
        Answer::empty(302).with("location", format!("{}?{back}", get("redirect_uri")))
    }

    fn token(&mut self, asked: &Asked) -> Answer {
        let refused = |why: &str| Answer::json(400, &json!({ "error": "invalid_grant", "error_description": why }));
        let all: HashMap<String, String> = form_urlencoded::parse(&asked.body).into_owned().collect();
        let get = |name: &str| all.get(name).cloned().unwrap_or_default();
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = BASE64.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)).as_bytes());
        if asked.field("authorization") != Some(&format!("Basic {basic}")) {
            return refused("another client");
        }
        let Some([nonce, challenge, redirect]) = self.codes.remove(&get("code")) else {
            return refused("another code");
        };
        if base64url(Sha256::digest(get("code_verifier"))) != challenge || get("redirect_uri") != redirect {
            return refused("another browser");
        }
        let mut claims = self.mood.person.clone();
        for (name, value) in [
            ("iss", json!(format!("http://{}", self.addr))),
            ("aud", json!(CLIENT)),
            ("nonce", json!(nonce)),
            ("iat", json!(now())),
            ("exp", json!(now() + 300)),
        ] {
            claims[name] = value;
        }
        (self.mood.twist)(&mut claims);
        let token = self.signed(&claims);
        Answer::json(200, &json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }))
    }

    fn signed(&self, claims: &Value) -> String {
        let (alg, kid) = match self.mood.key {
            Key::Rsa => ("RS256", "rsa"),
            Key::P256(kid, _) => ("ES256", kid),
            Key::None => ("none", "rsa"),
            Key::PublicAsSecret | Key::ClientSecret => ("HS256", "rsa"),
        };
        let head = base64url(json!({ "alg": alg, "kid": kid, "typ": "JWT" }).to_string());
        let text = format!("{head}.{}", base64url(claims.to_string()));
        let hmac = |key: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        let signature = match self.mood.key {
            Key::Rsa => self.rsa.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&text)).unwrap(),
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
