//! Somebody who reads at an edge, over a connection that is kept.

use std::net::SocketAddr;

use crate::conform::wire::{Connection, Reply};

/// The press's host, the same at every edge.
pub(super) const HOST: &str = "press.localhost";

/// A reader at one edge.
pub(super) struct Reader {
    addr: SocketAddr,
    /// The access token, of one who has logged in.
    token: Option<String>,
    kept: Option<Connection>,
}

impl Reader {
    /// A stranger.
    pub(super) fn stranger(addr: SocketAddr) -> Self {
        Self { addr, token: None, kept: None }
    }

    /// Somebody with this access token.
    pub(super) fn member(addr: SocketAddr, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::stranger(addr) }
    }

    /// The answer to a GET.
    pub(super) fn get(&mut self, path: &str) -> Result<Reply, String> {
        self.ask("GET", path, &[], b"")
    }

    /// The answer to a request. A kept connection that turns out to be closed is replaced, once.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, String> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Request-ID: skeleton\r\n");
        if let Some(token) = &self.token {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        for (name, value) in fields {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        if let Some(kept) = self.kept.take()
            && let Ok(reply) = self.on(kept, method, &bytes)
        {
            return Ok(reply);
        }
        let failed = |e: std::io::Error| format!("{method} {path} at {}: {e}", self.addr);
        let fresh = Connection::open(self.addr).map_err(failed)?;
        self.on(fresh, method, &bytes).map_err(|e| format!("{method} {path} at {}: {e}", self.addr))
    }

    fn on(&mut self, mut connection: Connection, method: &str, bytes: &[u8]) -> std::io::Result<Reply> {
        connection.send(bytes)?;
        let reply = connection.reply(method)?;
        let closes = reply.head.text("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if !closes && reply.head.framing != crate::conform::wire::Framing::Close {
            self.kept = Some(connection);
        }
        Ok(reply)
    }
}
