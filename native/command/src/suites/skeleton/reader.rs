//! Those who read the press, at one edge.

use std::net::SocketAddr;

use crate::suites::client::Client;

/// The press's host, the same at every edge.
pub(super) const HOST: &str = "press.localhost";

/// A stranger.
pub(super) fn stranger(addr: SocketAddr) -> Client {
    Client::stranger(addr, HOST)
}

/// Somebody with this access token.
pub(super) fn member(addr: SocketAddr, token: &str) -> Client {
    Client::member(addr, HOST, token)
}
