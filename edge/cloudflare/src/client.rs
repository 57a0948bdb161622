//! Who is asking, as Cloudflare's own edge tells it.

use std::net::{IpAddr, SocketAddr};

use aw_platform::Client;

/// The facts, kept for the request.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    ip: Option<IpAddr>,
    country: Option<String>,
    tls: Option<String>,
}

impl Facts {
    /// From `ip\ncountry\ntls`; an empty line is a fact not known. The address may come with its port.
    pub(crate) fn read(text: &str) -> Self {
        let mut lines = text.split('\n').map(|line| (!line.is_empty()).then_some(line));
        let mut next = || lines.next().flatten();
        Self {
            ip: next().and_then(|ip| ip.parse().or_else(|_| ip.parse().map(|at: SocketAddr| at.ip())).ok()),
            country: next().map(str::to_owned),
            tls: next().map(str::to_owned),
        }
    }

    pub(crate) fn client(&self) -> Client<'_> {
        Client { ip: self.ip, country: self.country.as_deref(), tls: self.tls.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;

    #[test]
    fn what_is_not_known_is_none() {
        let facts = Facts::read("2001:db8::1\n\nTLSv1.3");
        let client = facts.client();
        assert_eq!((client.ip.map(|ip| ip.is_ipv6()), client.country, client.tls), (Some(true), None, Some("TLSv1.3")));
        let addresses = ["192.0.2.7", "192.0.2.7:80", "[2001:db8::1]:80", "unix:/x"];
        let read = addresses.map(|text| Facts::read(text).client().ip.map(|ip| ip.to_string()).unwrap_or_default());
        assert_eq!(read, ["192.0.2.7", "192.0.2.7", "2001:db8::1", ""]);
        assert_eq!(Facts::read("").client(), aw_platform::Client::default());
    }
}
