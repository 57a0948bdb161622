//! Requests, signed as an edge signs them, and the answers to some.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use aw_model::names::header;
use aw_runtimes::{Error, Result};
use aw_trust::{Key, digest, key, message};
use http::{HeaderName, HeaderValue, Request};
use serde_json::Value;

use super::ground::{AUTHORITY, EDGE, EDGE_KEY, MASTER_KEY};
use crate::conform::wire::{self, Connection};

/// The tenant that all is about.
pub(super) const TENANT: &str = "bench";
/// The host that readers ask for.
pub(super) const HOST: &str = "bench.localhost";
/// What a browser says that it is.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Who asks, as an edge has identified them.
#[derive(Clone, Debug, Default)]
pub(super) struct Who {
    /// The user's id; empty for a stranger.
    pub(super) user: String,
    /// The user's roles.
    pub(super) roles: &'static str,
    /// Where from.
    pub(super) ip: String,
}

/// Signs requests. Deriving a key is not the work of a request.
pub(super) struct Signer {
    edge: Key,
    operator: Key,
    seed: [u8; 8],
    next: AtomicU64,
}

/// A request that is not signed yet.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    /// The method.
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) target: &'a str,
    /// Headers besides.
    pub(super) fields: &'a [(&'static str, &'a str)],
    /// The body: JSON, or nothing.
    pub(super) body: &'a [u8],
}

impl Signer {
    /// One whose signatures have a nonce each that no other has.
    ///
    /// # Errors
    /// The system has no randomness.
    pub(super) fn new() -> Result<Self> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| Error(format!("the system has no randomness: {e}")))?;
        let derived = |secret: &str, purpose| key::derive(secret.as_bytes(), purpose).map_err(|e| Error(e.to_string()));
        let (edge, operator) = (derived(EDGE_KEY, key::REQUEST)?, derived(MASTER_KEY, key::OPERATOR)?);
        Ok(Self { edge, operator, seed, next: AtomicU64::new(0) })
    }

    /// The bytes of the request: of an edge for `who`, or of the operator.
    ///
    /// # Errors
    /// It has what no request can have.
    pub(super) fn sign(&self, who: Option<&Who>, ask: &Ask<'_>) -> Result<Vec<u8>> {
        let unwritable = || Error(format!("{} {} cannot be signed", ask.method, ask.target));
        let request = Request::builder().method(ask.method).uri(ask.target).body(()).map_err(|_| unwritable())?;
        let (mut head, ()) = request.into_parts();
        let identity = match who {
            Some(who) => [
                (header::HOST, HOST),
                (header::USER, who.user.as_str()),
                // A session's id is as long as a user's.
                (header::SESSION, who.user.as_str()),
                (header::ROLES, who.roles),
                (header::CLIENT_IP, who.ip.as_str()),
            ],
            None => {
                let nothing = (header::HOST, "");
                [(header::USER, "operator"), (header::ROLES, "owner"), nothing, nothing, nothing]
            }
        };
        let json = [("content-type", "application/json")];
        let json = if ask.body.is_empty() { &json[..0] } else { &json[..] };
        let common = [("user-agent", BROWSER), (header::TENANT, TENANT)];
        for &(name, value) in common.iter().chain(&identity).chain(json).chain(ask.fields) {
            if !value.is_empty() {
                let value = HeaderValue::from_str(value).map_err(|_| unwritable())?;
                head.headers.append(HeaderName::from_static(name), value);
            }
        }
        let mut random = [0; 16];
        random[..8].copy_from_slice(&self.seed);
        random[8..].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let nonce = message::nonce(&random);
        let created_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let (key, key_id) = if who.is_some() { (&self.edge, EDGE) } else { (&self.operator, "operator") };
        let signer = message::Signer { key, key_id, created_s, nonce: &nonce };
        message::sign(&mut head, AUTHORITY, &signer, &digest::content_digest(ask.body)).map_err(|_| unwritable())?;
        let fields = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let fields: Vec<_> = std::iter::once(("host", AUTHORITY.as_bytes())).chain(fields).collect();
        Ok(wire::request(ask.method, ask.target, &fields, ask.body))
    }
}

/// A connection to an origin.
pub(super) struct Client<'a> {
    signer: &'a Signer,
    connection: Connection,
}

impl<'a> Client<'a> {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub(super) fn open(signer: &'a Signer, addr: SocketAddr) -> Result<Self> {
        Ok(Self { signer, connection: Connection::open(addr)? })
    }

    /// The answer's data, and its `ETag`.
    ///
    /// # Errors
    /// The origin says no, in its words, or nothing.
    pub(super) fn ask(&mut self, who: Option<&Who>, ask: &Ask<'_>) -> Result<(Value, Option<String>)> {
        self.connection.send(&self.signer.sign(who, ask)?)?;
        let reply = self.connection.reply(ask.method)?;
        if !(200..300).contains(&reply.status()) {
            return Err(Error(format!("{} {}: {} {}", ask.method, ask.target, reply.status(), reply.text())));
        }
        let etag = reply.head.text("etag");
        let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        Ok((body["data"].take(), etag))
    }

    /// As [`ask`](Self::ask), with a JSON body, or none for null.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) fn json(
        &mut self,
        who: Option<&Who>,
        method: &'static str,
        target: &str,
        body: &Value,
    ) -> Result<(Value, Option<String>)> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.ask(who, &Ask { method, target, fields: &[], body: &body })
    }
}

/// A text of an answer.
///
/// # Errors
/// It is not there.
pub(super) fn text(value: &Value, name: &str) -> Result<String> {
    value[name].as_str().map(str::to_owned).ok_or_else(|| Error(format!("an answer has no {name}: {value}")))
}
