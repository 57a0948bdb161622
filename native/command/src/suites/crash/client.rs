//! Whoever asks: the operator, edges for their readers, clients of the object store.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aw_model::names::{self, header};
use aw_trust::{Key, digest, key, message, sigv4};
use http::{HeaderValue, Method, Request};
use serde_json::Value;
use ureq::Agent;

use crate::{data::Secrets, up::S3_NAME};

/// The tenant's id.
pub(super) const TENANT: &str = "press";
/// The tenant's host.
pub(super) const HOST: &str = "press.localhost";
/// The edge, which is the key id of what is signed for readers.
const EDGE: &str = "native";
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 64 << 20;

/// Who asks the origin.
#[derive(Clone, Debug)]
pub(super) enum Who<'a> {
    /// The operator.
    Operator,
    /// A stranger at this address, at the edge.
    Stranger(&'a str),
    /// A reader's account, at the edge.
    Reader(&'a str),
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The envelope's data.
    pub(super) fn data(&self) -> Value {
        self.json()["data"].take()
    }

    /// In a few words.
    pub(super) fn shown(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(400).collect();
        format!("{} {text}", self.status)
    }
}

/// A client of everything that runs.
#[derive(Clone)]
pub(super) struct Client {
    origin: String,
    edge: String,
    /// The object store's authority.
    store: String,
    store_key: String,
    operator: Key,
    readers: Key,
    agent: Agent,
}

impl Client {
    /// A client of what is at these base URLs.
    ///
    /// # Errors
    /// A secret is too short.
    pub(super) fn new(origin: &str, edge: &str, store: String, secrets: &Secrets) -> Result<Self, String> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(2)))
            .timeout_global(Some(Duration::from_secs(30)))
            .proxy(None);
        Ok(Self {
            origin: origin.to_owned(),
            edge: edge.to_owned(),
            store,
            store_key: secrets.s3_secret_key.clone(),
            operator: key::derive(secrets.master_key.as_bytes(), key::OPERATOR).map_err(|e| e.to_string())?,
            readers: key::derive(secrets.edge_key.as_bytes(), key::REQUEST).map_err(|e| e.to_string())?,
            agent: config.build().into(),
        })
    }

    /// Asks the origin.
    ///
    /// # Errors
    /// There was no answer: nobody knows whether it was done.
    pub(super) fn ask(
        &self,
        who: &Who<'_>,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &[u8],
    ) -> Result<Answer, String> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.origin)).body(());
        let (mut head, ()) = request.map_err(|e| e.to_string())?.into_parts();
        let (key_id, key) = match who {
            Who::Operator => ("operator", &self.operator),
            _ => (EDGE, &self.readers),
        };
        let identity = match who {
            Who::Operator => vec![(header::USER, "operator"), (header::ROLES, "owner")],
            Who::Stranger(ip) => vec![(header::HOST, HOST), (header::CLIENT_IP, ip)],
            Who::Reader(id) => vec![(header::HOST, HOST), (header::USER, id), (header::ROLES, "reader")],
        };
        for (name, value) in [(header::TENANT, TENANT)].iter().chain(&identity).chain(headers) {
            head.headers.append(*name, HeaderValue::from_str(value).map_err(|e| e.to_string())?);
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        let nonce = message::nonce(&random);
        let signer = message::Signer { key, key_id, created_s: now_s(), nonce: &nonce };
        let authority = head.uri.authority().map(ToString::to_string).unwrap_or_default();
        message::sign(&mut head, &authority, &signer, &digest::content_digest(body)).map_err(|e| e.to_string())?;
        self.run(Request::from_parts(head, body.to_vec()))
    }

    /// Asks the origin with a JSON body.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) fn json(
        &self,
        who: &Who<'_>,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &Value,
    ) -> Result<Answer, String> {
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.ask(who, method, path, &headers, body.to_string().as_bytes())
    }

    /// As the operator, without a body.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) fn get(&self, path: &str) -> Result<Answer, String> {
        self.ask(&Who::Operator, Method::GET, path, &[], b"")
    }

    /// Asks the edge, as anybody does.
    ///
    /// # Errors
    /// There was no answer.
    pub(super) fn at_edge(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.edge)).header("host", HOST);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.run(request.body(body).map_err(|e| e.to_string())?)
    }

    /// Does what a presigned request of the object store says.
    ///
    /// # Errors
    /// There was no answer.
    pub(super) fn presigned(&self, request: &Value, body: Vec<u8>) -> Result<Answer, String> {
        let method = request["method"].as_str().unwrap_or("GET");
        let mut out = Request::builder().method(method).uri(request["url"].as_str().unwrap_or_default());
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            if !matches!(name.as_str(), "host" | "content-length") {
                out = out.header(name, value.as_str().unwrap_or_default());
            }
        }
        self.run(out.body(body).map_err(|e| e.to_string())?)
    }

    /// An object, as the object store itself has it.
    ///
    /// # Errors
    /// There was no answer.
    pub(super) fn object(&self, key: &str) -> Result<Answer, String> {
        let credentials = sigv4::Credentials {
            access_key: S3_NAME,
            secret_key: self.store_key.as_bytes(),
            region: "local",
            service: "s3",
        };
        let path = format!("/{S3_NAME}/{key}");
        let target = sigv4::presign(&Method::GET, &self.store, &path, &[], &credentials, now_s(), 60);
        let request = Request::builder().uri(format!("http://{}{target}", self.store));
        self.run(request.body(Vec::new()).map_err(|e| e.to_string())?)
    }

    /// Whether the origin says that it is ready.
    pub(super) fn ready(&self) -> bool {
        let request = Request::builder().uri(format!("{}/ready", self.origin)).body(Vec::new());
        request.is_ok_and(|request| self.run(request).is_ok_and(|answer| answer.status == 200))
    }

    fn run(&self, request: Request<Vec<u8>>) -> Result<Answer, String> {
        let mut response = self.agent.run(request).map_err(|e| e.to_string())?;
        let body = response.body_mut().with_config().limit(ANSWER).read_to_vec().map_err(|e| e.to_string())?;
        let etag = response.headers().get("etag").and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok(Answer { status: response.status().as_u16(), etag, body })
    }
}

/// Seconds since 1970.
pub(super) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// The control database, for the names that are used here.
pub(super) fn database() -> String {
    debug_assert_ne!(TENANT, names::CONTROL_DB);
    aw_migrations::tenant_database(TENANT)
}
