//! Servers to be measured.

use std::{collections::BTreeMap, net::SocketAddr};

use aw_model::names;
use aw_runtimes::{Error, Launch, Result, Runtime, Server};

use crate::conform::{
    Pusher, Reply, fetch,
    site::{EDGE_KEY, HOST, Site},
};

fn own(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The deployable `app` in `runtime`, with nothing around it.
///
/// # Errors
/// It does not start.
pub(super) fn alone(runtime: &dyn Runtime, app: &str) -> Result<Server> {
    runtime.launch(&Launch { app: app.to_owned(), ..Launch::default() })
}

/// How a gateway is launched that has no origin.
pub(in crate::bench) fn gateway_launch() -> Launch {
    Launch {
        app: "gateway".to_owned(),
        backends: own(&[(names::ORIGIN, "http://127.0.0.1:9")]),
        config: own(&[(names::EDGE_NAME, "bench"), (names::ORIGIN_AUTHORITY, "origin.test")]),
        secrets: own(&[(names::EDGE_KEY, EDGE_KEY)]),
        ..Launch::default()
    }
}

/// Puts `site` on the edge at `addr`.
///
/// # Errors
/// A value is refused.
pub(in crate::bench) fn publish(addr: SocketAddr, site: &Site) -> Result<()> {
    let pushed = Pusher::open(addr).and_then(|mut pusher| pusher.all(&site.values));
    pushed.map_err(|e| Error(format!("the site cannot be published: {e}")))
}

/// The body of a 200 to a GET of `target` of the site: what is measured is seen to be right first.
///
/// # Errors
/// The answer is another one.
pub(super) fn body(addr: SocketAddr, target: &str, headers: &[String]) -> Result<Vec<u8>> {
    reply(addr, target, headers).map(|reply| reply.body)
}

/// [`body`] and its head.
///
/// # Errors
/// As there.
pub(super) fn reply(addr: SocketAddr, target: &str, headers: &[String]) -> Result<Reply> {
    let mut fields: Vec<(&str, &[u8])> = Vec::new();
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        fields.push((name, value.as_bytes()));
    }
    if !headers.iter().any(|header| header.starts_with("Host: ")) {
        fields.push(("Host", HOST.as_bytes()));
    }
    let reply = fetch(addr, target, &fields).map_err(|e| Error(format!("{target}: {e}")))?;
    match reply.status() {
        200 => Ok(reply),
        status => Err(Error(format!("{target} is answered {status} {}", reply.text()))),
    }
}
