//! Where an address leads.

use std::net::SocketAddr;

/// The server, its authority, and the path behind it of `http://IP:PORT/PATH`.
pub(super) fn parts(url: &str) -> Result<(SocketAddr, &str, &str), String> {
    let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url} is no address"))?;
    let end = rest.find('/').ok_or_else(|| format!("{url} has no path"))?;
    let (authority, path) = rest.split_at(end);
    Ok((authority.parse().map_err(|e| format!("{authority}: {e}"))?, authority, path))
}
