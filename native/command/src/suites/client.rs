//! Somebody who asks a server, over a connection that is kept.

use std::net::SocketAddr;

use crate::conform::wire::{Connection, Framing, Reply};

/// A client of one server, who means one host of it.
pub(super) struct Client {
    addr: SocketAddr,
    host: String,
    /// The access token, of one who has logged in.
    token: Option<String>,
    kept: Option<Connection>,
}

impl Client {
    /// A stranger.
    pub(super) fn stranger(addr: SocketAddr, host: &str) -> Self {
        Self { addr, host: host.to_owned(), token: None, kept: None }
    }

    /// Somebody with this access token.
    pub(super) fn member(addr: SocketAddr, host: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::stranger(addr, host) }
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
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Request-ID: suite\r\n", self.host);
        if let Some(token) = &self.token {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        for (name, value) in fields {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
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
        let closes = reply.head.closes();
        if !closes && reply.head.framing != Framing::Close {
            self.kept = Some(connection);
        }
        Ok(reply)
    }
}
