//! Who is asking, as the platform itself saw it.

use std::net::IpAddr;

/// Facts of the connection. They come from the platform and never from a header that a stranger can write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client<'a> {
    /// The address of the peer.
    pub ip: Option<IpAddr>,
    /// ISO 3166-1 alpha-2 country of that address.
    pub country: Option<&'a str>,
    /// The TLS version of the connection, such as `TLSv1.3`; `None` in clear text.
    pub tls: Option<&'a str>,
}
