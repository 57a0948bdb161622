//! Facts of the connection.

use aw_platform::Platform;

use crate::case::{Outcome, ensure};

pub(super) async fn facts<P: Platform>(p: &P) -> Outcome {
    let client = p.client();
    ensure!(client.ip.is_some_and(|ip| ip.is_loopback()), "the peer is {:?}, and the suite asks from here", client.ip);
    ensure!(
        client.country.is_none_or(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase())),
        "the country is {:?}, which is no ISO 3166-1 alpha-2 code",
        client.country
    );
    ensure!(client.tls.is_none(), "TLS is {:?} on a connection in clear text", client.tls);
    Ok(())
}
