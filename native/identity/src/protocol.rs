//! What a provider answers: OpenID Connect Core 1.0, the code flow with PKCE (RFC 7636), and Discovery 1.0.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use aw_runtimes::neighbour::{Answer, Asked};
use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    CLIENT, Mood, SECRET,
    keys::{Keys, base64url},
};

/// What a code stands for.
struct Code {
    nonce: String,
    challenge: String,
    /// The address that the browser went back to.
    redirect: String,
}

/// What a provider knows.
pub(crate) struct State {
    pub(crate) mood: Mood,
    addr: SocketAddr,
    keys: Keys,
    codes: HashMap<String, Code>,
    /// How many codes there have been.
    given: usize,
    /// Requests by path.
    asked: HashMap<String, usize>,
}

fn refused(error: &str, why: &str) -> Answer {
    Answer::json(400, &json!({ "error": error, "error_description": why }))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn parameters(form: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(form).into_owned().collect()
}

impl State {
    pub(crate) fn new(mood: Mood, addr: SocketAddr) -> Self {
        Self { mood, addr, keys: Keys::new(), codes: HashMap::new(), given: 0, asked: HashMap::new() }
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.asked.get(path).copied().unwrap_or_default()
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, asked: &Asked) -> Answer {
        let (path, query) = asked.split();
        *self.asked.entry(path.to_owned()).or_default() += 1;
        match path {
            _ if self.mood.down => Answer::json(503, &json!({})),
            "/.well-known/openid-configuration" => Answer::json(200, &self.discovery()),
            "/keys" => {
                let keys: Vec<Value> = self.mood.published.iter().map(|key| self.keys.jwk(*key)).collect();
                Answer::json(200, &json!({ "keys": keys }))
            }
            "/authorize" => self.authorize(query),
            "/token" => self.token(asked.field("authorization"), &asked.body),
            _ => Answer::json(404, &json!({})),
        }
    }

    fn discovery(&self) -> Value {
        let base = format!("http://{}", self.addr);
        json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize?ui=small"),
            "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys"),
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
        })
    }

    fn authorize(&mut self, query: &str) -> Answer {
        let mut all = parameters(query.as_bytes());
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("scope", "openid email profile"),
            ("code_challenge_method", "S256"),
            // The document's own.
            ("ui", "small"),
        ] {
            if all.get(name).map(String::as_str) != Some(value) {
                return refused("invalid_request", &format!("{name} must be {value}: {all:?}"));
            }
        }
        let mut take = |name: &str| all.remove(name).unwrap_or_default();
        let (state, redirect) = (take("state"), take("redirect_uri"));
        let code = Code { nonce: take("nonce"), challenge: take("code_challenge"), redirect: redirect.clone() };
        // RFC 7636, section 4.2: 32 bytes in base64url.
        if code.challenge.len() != 43 || code.nonce.is_empty() || state.is_empty() {
            return refused("invalid_request", "state, nonce and code_challenge are asked for");
        }
        let name = format!("code-{}", self.given);
        self.given += 1;
        self.codes.insert(name.clone(), code);
        let back = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &name)
            .append_pair("state", &state)
            .finish();
        Answer::empty(302).with("location", format!("{redirect}?{back}"))
    }

    fn token(&mut self, authorization: Option<&str>, body: &[u8]) -> Answer {
        let all = parameters(body);
        let get = |name: &str| all.get(name).map(String::as_str).unwrap_or_default();
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = BASE64.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)).as_bytes());
        if authorization != Some(&format!("Basic {basic}")) {
            return refused("invalid_client", "another client");
        }
        if get("grant_type") != "authorization_code" {
            return refused("unsupported_grant_type", "grant_type must be authorization_code");
        }
        // A code is good once.
        let Some(code) = self.codes.remove(get("code")) else {
            return refused("invalid_grant", "another code");
        };
        if base64url(Sha256::digest(get("code_verifier"))) != code.challenge || get("redirect_uri") != code.redirect {
            return refused("invalid_grant", "another browser");
        }
        let mut claims = self.mood.person.clone();
        for (name, value) in [
            ("iss", json!(format!("http://{}", self.addr))),
            ("aud", json!(CLIENT)),
            ("nonce", json!(code.nonce)),
            ("iat", json!(now())),
            ("exp", json!(now() + 300)),
        ] {
            claims[name] = value;
        }
        (self.mood.twist)(&mut claims);
        let token = self.keys.sign(self.mood.key, &claims);
        Answer::json(200, &json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }))
    }
}
