//! Signed requests, and what is answered.

use std::{
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_model::names::header;
use aw_platform::http::{self, HeaderMap, HeaderName, HeaderValue, Method};
use aw_trust::{
    digest::content_digest,
    key,
    message::{self, Signer},
};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Who {
    key_id: String,
    headers: Vec<(&'static str, String)>,
}

impl Who {
    /// The operator, of a tenant.
    pub fn operator(tenant: &str) -> Self {
        Self::signed_by("operator")
            .with(header::TENANT, tenant)
            .with(header::ROLES, "owner")
            .with(header::USER, "operator")
    }

    /// An edge, for itself.
    pub fn edge(name: &str) -> Self {
        Self::signed_by(name)
    }

    /// A browser that an edge forwards, at the tenant's host `TENANT.localhost`.
    pub fn stranger(tenant: &str, ip: IpAddr) -> Self {
        Self::signed_by("eu")
            .with(header::TENANT, tenant)
            .with(header::HOST, &format!("{tenant}.localhost"))
            .with(header::CLIENT_IP, &ip.to_string())
    }

    /// The same, logged in.
    #[must_use]
    pub fn user(self, id: &str, roles: &str) -> Self {
        self.with(header::USER, id).with(header::ROLES, roles)
    }

    fn signed_by(key_id: &str) -> Self {
        Self { key_id: key_id.to_owned(), headers: Vec::new() }
    }

    /// With another header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `null` where there is none.
    pub fn json(&self) -> serde_json::Value {
        if self.body.is_empty() {
            return serde_json::Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The envelope's data.
    pub fn data(&self) -> serde_json::Value {
        self.json()["data"].clone()
    }

    /// The error's code; empty where it is none.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The `ETag`, for `If-Match`.
    pub fn etag(&self) -> String {
        self.headers["etag"].to_str().expect("an ASCII ETag").to_owned()
    }

    /// Itself, where it has this status.
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{}", &text[..text.len().min(2000)]);
        self
    }
}

/// Asks the server at `addr`, signed for `authority` with the secret `edge_key`, or `master_key` for the operator.
pub(crate) fn ask(
    (addr, authority, edge_key, master_key): (SocketAddr, &str, &str, &str),
    who: &Who,
    (method, target): (Method, &str),
    fields: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut request = http::Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().expect("a path and query");
    let named = who.headers.iter().map(|(name, value)| (*name, value.as_str())).chain(fields.iter().copied());
    for (name, value) in named {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        request.headers_mut().append(name, HeaderValue::from_str(value).expect("a header's value"));
    }
    let (mut head, ()) = request.into_parts();
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("randomness");
    let nonce = message::nonce(&random);
    let key = if who.key_id == "operator" {
        key::derive(master_key.as_bytes(), key::OPERATOR)
    } else {
        key::derive(edge_key.as_bytes(), key::REQUEST)
    };
    let key = key.expect("a secret that is long enough");
    let created_s = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let signer = Signer { key: &key, key_id: &who.key_id, created_s, nonce: &nonce };
    message::sign(&mut head, authority, &signer, &content_digest(body)).expect("a request that can be signed");
    send(addr, authority, &head, body)
}

/// Asks the server of an `http` URL, with these headers.
pub(crate) fn fetch(method: &str, url: &str, fields: &[(&str, &str)], body: &[u8]) -> std::io::Result<Answer> {
    let uri: http::Uri = url.parse().expect("a URL");
    let authority = uri.authority().expect("an authority").as_str();
    let addr = authority.parse().expect("an address");
    let mut request = http::Request::new(());
    *request.method_mut() = Method::from_bytes(method.as_bytes()).expect("a method");
    *request.uri_mut() = uri.path_and_query().expect("a path").as_str().parse().expect("a path and query");
    // The length is the body's: what was signed for another is sent with this one.
    let host = fields.iter().find(|(name, _)| *name == "host").map_or(authority, |(_, host)| host);
    for (name, value) in fields.iter().filter(|(name, _)| !matches!(*name, "content-length" | "host")) {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        request.headers_mut().append(name, HeaderValue::from_str(value).expect("a header's value"));
    }
    send(addr, host, &request.into_parts().0, body)
}

pub(crate) fn send(addr: SocketAddr, host: &str, head: &http::request::Parts, body: &[u8]) -> std::io::Result<Answer> {
    let mut text = format!("{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", head.method, head.uri);
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().expect("ASCII")));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let mut socket = TcpStream::connect(addr)?;
    socket.set_read_timeout(Some(Duration::from_secs(60)))?;
    socket.write_all(text.as_bytes())?;
    // One who refuses a body may not read it to its end.
    let sent = socket.write_all(body);
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        sent?;
    }
    Ok(parse(&bytes))
}

/// An answer that ends with its connection.
fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a whole head");
    let head = std::str::from_utf8(&bytes[..end]).expect("an ASCII head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|l| l.split(' ').nth(1)?.parse().ok()).expect("a status line");
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header");
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a header's name"),
            HeaderValue::from_str(value.trim()).expect("a header's value"),
        );
    }
    assert!(!headers.contains_key("transfer-encoding"), "this client reads no chunks");
    Answer { status, headers, body: bytes[end + 4..].to_vec() }
}
