//! What the host knows of a client.

use std::net::IpAddr;

use fastly_sys::{fastly_geo, fastly_http_downstream as sys};

use super::{Request, text};

/// The address of the peer.
pub(crate) fn client_ip(request: &Request) -> Option<IpAddr> {
    let mut octets = [0; 16];
    let mut written = 0;
    // SAFETY: the host writes 4 or 16 octets; the places are ours and outlive the call.
    unsafe { sys::downstream_client_ip_addr(request.handle(), octets.as_mut_ptr(), &mut written) }.result().ok()?;
    match written {
        4 => octets.first_chunk::<4>().map(|&v4| v4.into()),
        16 => Some(octets.into()),
        _ => None,
    }
}

/// The TLS version of the connection; `None` in clear text.
pub(crate) fn tls_protocol(request: &Request) -> Option<String> {
    // SAFETY: `text` lends its own buffer.
    let name = text(|p, n, written| unsafe { sys::downstream_tls_protocol(request.handle(), p, n, written) }).ok()?;
    String::from_utf8(name).ok().filter(|name| !name.is_empty())
}

/// What the host knows of where an address is: a JSON object.
pub(crate) fn geo(ip: IpAddr) -> Option<Vec<u8>> {
    let (v4, v6);
    let octets: &[u8] = match ip {
        IpAddr::V4(ip) => {
            v4 = ip.octets();
            &v4
        }
        IpAddr::V6(ip) => {
            v6 = ip.octets();
            &v6
        }
    };
    // SAFETY: a slice, and `text` lends its own buffer.
    text(|p, n, written| unsafe { fastly_geo::lookup(octets.as_ptr(), octets.len(), p, n, written) }).ok()
}
