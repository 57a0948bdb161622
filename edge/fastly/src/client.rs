//! Who is asking, as Fastly's own edge saw it.

use std::net::IpAddr;

use aw_platform::Client;
use serde_json::Value;

use crate::abi::{self, Request};

/// The facts, kept for the request.
#[derive(Debug)]
pub(crate) struct Facts {
    ip: Option<IpAddr>,
    country: Option<String>,
    tls: Option<String>,
}

impl Facts {
    pub(crate) fn read(request: &Request) -> Self {
        let ip = abi::client_ip(request);
        let geo = ip.and_then(abi::geo).and_then(|json| serde_json::from_slice::<Value>(&json).ok());
        let country = geo.as_ref().and_then(|geo| geo["country_code"].as_str());
        // Fastly writes ** or ? where it does not know.
        let known = |code: &&str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        Self { ip, country: country.filter(known).map(str::to_owned), tls: abi::tls_protocol(request) }
    }

    pub(crate) fn client(&self) -> Client<'_> {
        Client { ip: self.ip, country: self.country.as_deref(), tls: self.tls.as_deref() }
    }
}
