//! Who is asking.

use std::net::SocketAddr;

use aw_platform::Client;

/// What Spin says of the connection. Behind an ingress that is the ingress.
pub(crate) struct Facts {
    address: Option<SocketAddr>,
}

impl Facts {
    /// From the value of Spin's own field `spin-client-addr`: `127.0.0.1:4711`, `[::1]:4711`.
    pub(crate) fn new(address: Option<Vec<u8>>) -> Self {
        Self { address: address.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok()) }
    }

    /// As apps see it. Spin tells neither the country nor the version of TLS.
    pub(crate) fn client(&self) -> Client<'_> {
        Client { ip: self.address.map(|address| address.ip()), country: None, tls: None }
    }
}
