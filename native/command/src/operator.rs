//! The operator's requests to the origin: signed with a key made from the master key of the data folder.

use std::{
    io::Read,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_model::names::header;
use aw_trust::{Key, digest, key, message};
use http::{HeaderValue, Method, Request};
use serde_json::Value;
use ureq::Agent;

use crate::{
    data::{Data, DataArgs, Running, Secrets},
    failure::Failure,
};

/// The key id, and the user that the origin's audit names.
const OPERATOR: &str = "operator";
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 64 << 20;
/// The longest file that is fetched, in bytes.
const FILE: u64 = 1 << 30;

/// An operator of an installation.
#[derive(Clone)]
pub(crate) struct Operator {
    /// The origin's base URL.
    base: String,
    key: Key,
    agent: Agent,
}

/// An answer.
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The envelope; null where the body is no JSON.
    pub(crate) body: Value,
    /// The body as it came, where it is no JSON.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The envelope's `data`.
    ///
    /// # Errors
    /// The origin said no: in its words.
    pub(crate) fn data(mut self) -> Result<Value, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(self.body["data"].take());
        }
        let error = &self.body["error"];
        let message = error["message"].as_str().unwrap_or("no reason given");
        let code = error["code"].as_str().unwrap_or_default();
        let details = match &error["details"] {
            Value::Null => String::new(),
            details => format!(" {details}"),
        };
        Err(Failure::new(format!("{message} ({} {code}){details}", self.status)))
    }
}

impl Operator {
    /// The operator of the installation that runs on the data folder.
    ///
    /// # Errors
    /// It does not run.
    pub(crate) fn of(args: &DataArgs) -> Result<(Self, Running), Failure> {
        let data = Data::existing(args)?;
        let running = Running::find(&data, args)?;
        Ok((Self::new(&running.origin, &Secrets::load(&data)?)?, running))
    }

    /// The operator of the origin at `base` (`http://HOST:PORT`).
    ///
    /// # Errors
    /// The master key is too short.
    pub(crate) fn new(base: &str, secrets: &Secrets) -> Result<Self, Failure> {
        let key = key::derive(secrets.master_key.as_bytes(), key::OPERATOR);
        let key = key.map_err(|e| Failure::new(format!("master-key: {e}")))?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(Duration::from_secs(600)))
            .proxy(None);
        Ok(Self { base: base.to_owned(), key, agent: config.build().into() })
    }

    /// Asks the origin: `path` with its query; `tenant` where it is about one; `headers` besides.
    ///
    /// # Errors
    /// The origin cannot be reached, or what is asked cannot be written as a request.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        tenant: Option<&str>,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let unwritable = |what: &str| Failure::new(format!("{what} cannot be sent in a request"));
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base)).body(());
        let (mut head, ()) = request.map_err(|_| unwritable(path))?.into_parts();
        let identity =
            [(header::TENANT, tenant.unwrap_or_default()), (header::USER, OPERATOR), (header::ROLES, "owner")];
        for (name, value) in identity.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            head.headers.append(*name, HeaderValue::from_str(value).map_err(|_| unwritable(value))?);
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| Failure::new(format!("the system has no randomness: {e}")))?;
        let nonce = message::nonce(&random);
        let created_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let signer = message::Signer { key: &self.key, key_id: OPERATOR, created_s, nonce: &nonce };
        let authority = head.uri.authority().map(ToString::to_string).unwrap_or_default();
        message::sign(&mut head, &authority, &signer, &digest::content_digest(&body)).map_err(|_| unwritable(path))?;
        let request = Request::from_parts(head, body);
        let unreachable = |e: ureq::Error| Failure::new(format!("the origin {} cannot be reached: {e}", self.base));
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let mut text = Vec::new();
        let reader = response.body_mut().as_reader();
        reader.take(ANSWER).read_to_end(&mut text).map_err(|e| unreachable(e.into()))?;
        let status = response.status().as_u16();
        Ok(match serde_json::from_slice(&text) {
            Ok(body) => Answer { status, body, bytes: Vec::new() },
            Err(_) => Answer { status, body: Value::Null, bytes: text },
        })
    }

    /// What is at a URL that the origin handed out.
    ///
    /// # Errors
    /// It cannot be had.
    pub(crate) fn fetch(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let failed = |e: ureq::Error| Failure::new(format!("the object store cannot be reached: {e}"));
        let mut response = self.agent.get(url).call().map_err(failed)?;
        if !response.status().is_success() {
            return Err(Failure::new(format!("the object store says {}", response.status())));
        }
        let mut bytes = Vec::new();
        response.body_mut().as_reader().take(FILE).read_to_end(&mut bytes).map_err(|e| failed(e.into()))?;
        Ok(bytes)
    }

    /// As [`ask`](Self::ask), with a JSON body, or none for null, and the answer's data.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), or the origin says no.
    pub(crate) fn json(
        &self,
        method: Method,
        path: &str,
        tenant: Option<&str>,
        body: &Value,
    ) -> Result<Value, Failure> {
        if body.is_null() {
            return self.ask(method, path, tenant, &[], Vec::new())?.data();
        }
        let text = body.to_string().into_bytes();
        self.ask(method, path, tenant, &[("content-type", "application/json")], text)?.data()
    }

    /// Every item of a list, page after page.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub(crate) fn list(&self, path: &str, tenant: Option<&str>) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let query = cursor.as_deref().map(|c| format!("&cursor={}", escape(c))).unwrap_or_default();
            let answer = self.ask(Method::GET, &format!("{path}?limit=100{query}"), tenant, &[], Vec::new())?;
            cursor = answer.body["pagination"]["nextCursor"].as_str().map(str::to_owned);
            if let Value::Array(page) = answer.data()? {
                items.extend(page);
            }
            if cursor.is_none() {
                return Ok(items);
            }
        }
    }
}

/// `text` for a segment of a path or a value of a query (RFC 3986): all but unreserved characters as escapes.
pub(crate) fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_escaped_byte_by_byte() {
        assert_eq!(super::escape("a b/ü@x.de"), "a%20b%2F%C3%BC%40x.de");
    }
}
