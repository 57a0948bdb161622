//! A stand-in of Fastly's API: one service with one version, as far as `fastly compute publish` asks for it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aw_runtimes::{
    Result,
    neighbour::{Answer, Neighbour},
};
use serde_json::{Value, json};

/// What has been asked.
#[derive(Default)]
struct Seen {
    calls: Vec<String>,
    uploaded: Option<Vec<u8>>,
    activated: bool,
}

/// The stand-in. Its threads end with the process.
pub(super) struct Provider {
    /// Where it listens.
    pub(super) addr: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Provider {
    /// Starts it.
    ///
    /// # Errors
    /// No port is free.
    pub(super) fn start() -> Result<Self> {
        let neighbour = Neighbour::new()?;
        let provider = Self { addr: neighbour.addr, seen: Arc::default() };
        let (addr, seen) = (provider.addr, provider.seen.clone());
        neighbour.serve(move |asked| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.calls.push(format!("{} {}", asked.method, asked.target));
            let answer = answer(&asked.method, asked.split().0, &asked.body, addr, &mut seen);
            let status = if answer.is_null() { 404 } else { 200 };
            Answer::json(status, &answer).with("fastly-ratelimit-remaining", "999")
        });
        Ok(provider)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every call: method and target.
    pub(super) fn calls(&self) -> Vec<String> {
        self.seen().calls.clone()
    }

    /// The package that was uploaded last.
    pub(super) fn uploaded(&self) -> Option<Vec<u8>> {
        self.seen().uploaded.clone()
    }

    /// Whether the version was activated.
    pub(super) fn activated(&self) -> bool {
        self.seen().activated
    }
}

/// What is answered; null for 404.
fn answer(method: &str, path: &str, body: &[u8], addr: SocketAddr, seen: &mut Seen) -> Value {
    let version = json!({
        "number": 1, "active": seen.activated, "locked": false, "service_id": "SVC",
        "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
    });
    let service = json!({
        "id": "SVC", "name": "authorworks-gateway", "type": "wasm", "customer_id": "C", "versions": [version],
        "version": version, "active_version": null,
    });
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match (method, segments.as_slice()) {
        (_, [.., "openid-configuration"]) => {
            let at = |what: &str| format!("http://{addr}/{what}");
            json!({
                "issuer": at("realms/fastly"), "authorization_endpoint": at("a"), "token_endpoint": at("t"),
                "jwks_uri": at("j"), "userinfo_endpoint": at("u"), "end_session_endpoint": at("e"),
            })
        }
        ("GET", ["tokens", "self"]) => json!({
            "id": "T", "user_id": "U", "customer_id": "C", "name": "rehearsal", "scope": "global", "expires_at": null,
            "services": [],
        }),
        ("GET", ["verify"]) => json!({
            "customer": { "id": "C", "name": "C" }, "user": { "id": "U", "name": "U", "login": "u@example.com" },
            "token": { "id": "T", "name": "rehearsal", "scope": "global" }, "services": {},
        }),
        ("GET", ["current_customer"]) => json!({ "id": "C", "name": "C" }),
        ("GET", ["service", "SVC"] | ["service", "SVC", "details"]) => service,
        ("GET", ["service", "SVC", "version"]) => json!([version]),
        ("GET", ["service", "SVC", "version", "1"]) => version,
        ("PUT", ["service", "SVC", "version", "1", "activate"]) => {
            seen.activated = true;
            version
        }
        ("PUT", ["service", "SVC", "version", "1", "package"]) => {
            let package = file(body).map(<[u8]>::to_vec);
            let size = package.as_ref().map_or(0, Vec::len);
            seen.uploaded = package;
            json!({ "id": "P", "service_id": "SVC", "version": 1, "metadata": { "size": size, "language": "other" } })
        }
        ("GET", ["service", "SVC", "version", "1", "backend"]) => json!([{ "name": "origin", "address": "x" }]),
        ("GET", ["service", "SVC", "version", "1", "domain"]) => json!([{ "name": "edge.example.com" }]),
        ("GET", ["service", "SVC", "version", "1", "domain", "validate_all"]) => json!([]),
        ("GET", ["domain-management" | "domains", ..]) => {
            json!({ "data": [], "meta": { "next_cursor": "", "limit": 20, "total": 0 } })
        }
        (_, ["enabled-products" | "product", ..]) => {
            json!({ "product": { "id": "x", "object": "product" }, "service": { "id": "SVC", "object": "service" } })
        }
        _ => Value::Null,
    }
}

/// The one file of a form (RFC 7578).
fn file(form: &[u8]) -> Option<&[u8]> {
    let end = form.windows(2).position(|w| w == b"\r\n")?;
    let closing = [b"\r\n", &form[..end]].concat();
    let start = form.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let length = form[start..].windows(closing.len()).position(|w| w == closing)?;
    Some(&form[start..start + length])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_form_has_a_file() {
        let form = b"--x\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\nbytes\r\n\r\n of it\r\n--x--\r\n";
        assert_eq!(super::file(form), Some(&b"bytes\r\n\r\n of it"[..]));
        assert_eq!(super::file(b"no form"), None);
    }
}
