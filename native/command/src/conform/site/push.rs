//! The way into an edge: `PUT /_aw/values`, signed as the origin signs it.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use aw_platform::http;
use aw_trust::{
    digest, key,
    message::{self, Signer},
};

use super::{EDGE_KEY, Error, HOST, Value};
use crate::conform::wire::{self, Connection};

/// A connection to an edge that values are put through.
pub(crate) struct Pusher {
    addr: SocketAddr,
    connection: Connection,
}

impl Pusher {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub(crate) fn open(addr: SocketAddr) -> Result<Self, Error> {
        Ok(Self { addr, connection: Connection::open(addr)? })
    }

    /// Puts all of `values`.
    ///
    /// # Errors
    /// One is refused: the message has the edge's answer.
    pub(crate) fn all(&mut self, values: &[Value]) -> Result<(), Error> {
        values.iter().try_for_each(|(key, value)| self.one(key, value))
    }

    fn one(&mut self, key: &str, value: &[u8]) -> Result<(), Error> {
        let request = put(key, value)?;
        // A server may have closed the connection that it kept; once is not an error.
        let reply = self.connection.send(&request).and_then(|()| self.connection.reply("PUT")).or_else(|_| {
            self.connection = Connection::open(self.addr)?;
            self.connection.send(&request)?;
            self.connection.reply("PUT")
        })?;
        match reply.status() {
            200 | 204 => Ok(()),
            status => Err(format!("PUT of {key} was answered {status} {}", reply.text()).into()),
        }
    }
}

/// The bytes of the signed PUT of a value.
fn put(key: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
    let target = format!("/_aw/values?key={key}");
    let fields = signed("PUT", &target, HOST, value)?;
    let fields: Vec<(&str, &[u8])> = fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    Ok(wire::request("PUT", &target, &fields, value))
}

/// The header fields of a request signed as the origin's for `authority`, `Host` among them.
///
/// # Errors
/// The target is none.
fn signed(method: &str, target: &str, authority: &str, body: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let request = http::Request::builder().method(method).uri(target).body(())?;
    let (mut head, ()) = request.into_parts();
    let mut unique = [0; 16];
    unique[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    unique[8..12].copy_from_slice(&std::process::id().to_le_bytes());
    let nonce = message::nonce(&unique);
    let created_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let signer =
        Signer { key: &key::derive(EDGE_KEY.as_bytes(), key::REQUEST)?, key_id: "origin", created_s, nonce: &nonce };
    message::sign(&mut head, authority, &signer, &digest::content_digest(body))?;
    let mut fields = vec![("Host".to_owned(), authority.as_bytes().to_vec())];
    fields.extend(head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())));
    Ok(fields)
}
