//! Requests to the origin, signed as the operator's, and to the object store, as the origin signed them.

use std::{
    io::Read,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_trust::{Key, digest, key, message};
use http::{HeaderName, HeaderValue, Request};
use serde_json::Value;
use ureq::Agent;

use super::settings::Settings;

/// The key id.
const OPERATOR: &str = "operator";
/// The longest answer that is read, in bytes: an EPUB.
const ANSWER: u64 = 65 << 20;
/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// The origin.
pub(super) struct Origin {
    base: String,
    authority: String,
    key: Key,
    agent: Agent,
}

/// Whom a request is for.
pub(super) struct Who<'a> {
    tenant: &'a str,
    user: &'a str,
    roles: &'a str,
}

impl<'a> Who<'a> {
    /// The operator, of a tenant.
    pub(super) fn operator(tenant: &'a str) -> Self {
        Self { tenant, user: OPERATOR, roles: "owner" }
    }

    /// Somebody of a tenant, who may have files.
    pub(super) fn user(tenant: &'a str, user: &'a str) -> Self {
        Self { tenant, user, roles: "author" }
    }
}

/// Why something could not be had.
#[derive(Debug)]
pub(super) struct Refused {
    /// In words.
    pub(super) why: String,
    /// The answer's status; 0 where there was none.
    pub(super) status: u16,
}

impl Refused {
    fn new(why: String) -> Self {
        Self { why, status: 0 }
    }

    /// Whether the same might be had another time.
    pub(super) fn passes(&self) -> bool {
        self.status == 0 || self.status >= 500 || matches!(self.status, 401 | 408 | 409 | 429)
    }
}

/// An answer's status and body.
type Answer = (u16, Vec<u8>);

impl Origin {
    /// The origin that the settings name.
    ///
    /// # Errors
    /// The master key is too short, or the URL is none.
    pub(super) fn new(settings: &Settings) -> Result<Self, String> {
        let key = key::derive(settings.master_key.as_bytes(), key::OPERATOR).map_err(|e| format!("masterKey: {e}"))?;
        let uri: http::Uri = settings.origin.parse().map_err(|e| format!("origin: {e}"))?;
        let own = uri.authority().map(ToString::to_string).ok_or("origin: a URL has a host")?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(PATIENCE))
            .proxy(None);
        let authority = settings.authority.clone().unwrap_or(own);
        Ok(Self { base: settings.origin.clone(), authority, key, agent: config.build().into() })
    }

    /// Asks the origin.
    ///
    /// # Errors
    /// It cannot be reached, or says no.
    pub(super) fn ask(
        &self,
        (method, path): (&str, &str),
        who: &Who<'_>,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Refused> {
        let unwritable = |_| Refused::new(format!("{path} cannot be sent in a request"));
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base)).body(());
        let (mut head, ()) = request.map_err(|_| unwritable(()))?.into_parts();
        let identity = [("x-aw-tenant", who.tenant), ("x-aw-user", who.user), ("x-aw-roles", who.roles)];
        for (name, value) in identity.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            head.headers.append(*name, HeaderValue::from_str(value).map_err(|_| unwritable(()))?);
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| Refused::new(format!("the system has no randomness: {e}")))?;
        let nonce = message::nonce(&random);
        let created_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let signer = message::Signer { key: &self.key, key_id: OPERATOR, created_s, nonce: &nonce };
        let signed = message::sign(&mut head, &self.authority, &signer, &digest::content_digest(&body));
        signed.map_err(|_| unwritable(()))?;
        let (status, bytes) = self.send(Request::from_parts(head, body))?;
        if (200..300).contains(&status) {
            return Ok((status, bytes));
        }
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let why = said["error"]["message"].as_str().map_or_else(|| format!("{path}: {status}"), str::to_owned);
        Err(Refused { why, status })
    }

    /// Asks with a JSON body, or none for null; the answer's data.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) fn json(&self, method: &str, path: &str, who: &Who<'_>, body: &Value) -> Result<Value, Refused> {
        self.json_with(method, path, who, body).map(|(_, data)| data)
    }

    /// As [`json`](Self::json), with the answer's status.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) fn json_with(
        &self,
        method: &str,
        path: &str,
        who: &Who<'_>,
        body: &Value,
    ) -> Result<(u16, Value), Refused> {
        let (text, kind) =
            if body.is_null() { (Vec::new(), "") } else { (body.to_string().into(), "application/json") };
        let (status, bytes) = self.ask((method, path), who, &[("content-type", kind)], text)?;
        let mut said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok((status, said["data"].take()))
    }

    /// Sends bytes to the object store, as one of an upload's requests says.
    ///
    /// # Errors
    /// The store cannot be reached, or says no.
    pub(super) fn put(&self, request: &Value, bytes: &[u8]) -> Result<(), Refused> {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let unwritable = |_| Refused::new("the object store's URL cannot be asked".to_owned());
        let mut out = Request::builder().method(text("method")).uri(text("url"));
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            let name: HeaderName = name.parse().map_err(|_| unwritable(()))?;
            // Those are the connection's to say.
            if name != "host" && name != "content-length" {
                out = out.header(name, value.as_str().unwrap_or_default());
            }
        }
        let (status, said) = self.send(out.body(bytes.to_vec()).map_err(|_| unwritable(()))?)?;
        if (200..300).contains(&status) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&said[..said.len().min(300)]).into_owned();
        // What it refuses now it may take with a newer signature.
        Err(Refused { why: format!("the object store says {status}: {said}"), status: 0 })
    }

    fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, Refused> {
        let away = |e: &dyn std::fmt::Display| Refused::new(format!("it cannot be reached: {e}"));
        let mut response = self.agent.run(request).map_err(|e| away(&e))?;
        let mut bytes = Vec::new();
        let reader = response.body_mut().as_reader();
        reader.take(ANSWER).read_to_end(&mut bytes).map_err(|e| away(&e))?;
        Ok((response.status().as_u16(), bytes))
    }
}
