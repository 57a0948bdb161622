//! A small S3 client.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aw_s3::{Credentials, Running, S3};
use aw_trust::sigv4::{self, Payload};
use http::{Method, Request, uri::Uri};

const SECRET: &str = "a secret";

#[derive(Clone)]
pub(crate) struct Client {
    running: Arc<Running>,
    bucket: String,
    secret: String,
    agent: ureq::Agent,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    head: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn between(&self, open: &str, close: &str) -> String {
        let text = self.text();
        let rest = text.split_once(open).unwrap_or_else(|| panic!("{open} is not in {text}")).1;
        rest.split_once(close).unwrap().0.to_owned()
    }
}

impl Client {
    pub(crate) fn start(folder: &Path) -> Self {
        let credentials = Credentials { access_key: "us".into(), secret_key: SECRET.into() };
        let running = S3::start(folder, ([127, 0, 0, 1], 0).into(), "books", credentials).unwrap();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        Self { running: Arc::new(running), bucket: "books".into(), secret: SECRET.into(), agent }
    }

    pub(crate) fn restart(self, folder: &Path) -> Self {
        drop(self);
        Self::start(folder)
    }

    pub(crate) fn as_stranger(&self) -> Self {
        Self { secret: "another".into(), ..self.clone() }
    }

    pub(crate) fn in_bucket(&self, bucket: &str) -> Self {
        Self { bucket: bucket.into(), ..self.clone() }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.addr()
    }

    fn host(&self) -> String {
        self.addr().to_string()
    }

    fn credentials(&self) -> sigv4::Credentials<'_> {
        sigv4::Credentials { access_key: "us", secret_key: self.secret.as_bytes(), region: "local", service: "s3" }
    }

    fn send(&self, request: Request<Vec<u8>>) -> Reply {
        let mut response = self.agent.run(request).unwrap();
        let body = response.body_mut().with_config().limit(100 << 20).read_to_vec().unwrap();
        Reply { status: response.status().as_u16(), head: response.headers().clone(), body }
    }

    pub(crate) fn ask(&self, method: &str, key: &str, query: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let path = sigv4::escape_path(&format!("/{}/{key}", self.bucket));
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}?{query}", self.host()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut head, body) = request.body(body.to_vec()).unwrap().into_parts();
        let payload = Payload::Signed(&body);
        sigv4::sign(&mut head, &self.host(), &self.credentials(), now(), payload).unwrap();
        self.send(Request::from_parts(head, body))
    }

    pub(crate) fn put(&self, key: &str, body: &[u8], headers: &[(&str, &str)]) -> Reply {
        self.ask("PUT", key, "", headers, body)
    }

    pub(crate) fn get(&self, key: &str) -> Reply {
        self.ask("GET", key, "", &[], b"")
    }

    /// A URL that anyone may use.
    pub(crate) fn presigned(&self, method: &str, key: &str, life: u64) -> String {
        let path = sigv4::escape_path(&format!("/{}/{key}", self.bucket));
        let method: Method = method.parse().unwrap();
        let path = sigv4::presign(&method, &self.host(), &path, &[], &self.credentials(), now(), life);
        format!("http://{}{path}", self.host())
    }

    pub(crate) fn plain(&self, method: &str, url: &str, body: &[u8]) -> Reply {
        let url: Uri = url.parse().unwrap();
        self.send(Request::builder().method(method).uri(url).body(body.to_vec()).unwrap())
    }

    /// Keys and folded prefixes, from every page.
    pub(crate) fn list(&self, prefix: &str, delimiter: &str, most: u32) -> Vec<String> {
        let mut found = Vec::new();
        let mut token = String::new();
        loop {
            let mut query = vec![format!("list-type=2&max-keys={most}&prefix={}", sigv4::escape(prefix))];
            if !delimiter.is_empty() {
                query.push(format!("delimiter={}", sigv4::escape(delimiter)));
            }
            if !token.is_empty() {
                query.push(format!("continuation-token={}", sigv4::escape(&token)));
            }
            let reply = self.ask("GET", "", &query.join("&"), &[], b"");
            assert_eq!(reply.status, 200, "{}", reply.text());
            let text = reply.text();
            for row in text.split("<Contents>").skip(1) {
                found.push(row.split_once("<Key>").unwrap().1.split_once("</Key>").unwrap().0.to_owned());
            }
            for row in text.split("<CommonPrefixes>").skip(1) {
                found.push(row.split_once("<Prefix>").unwrap().1.split_once("</Prefix>").unwrap().0.to_owned());
            }
            if !text.contains("<IsTruncated>true") {
                return found;
            }
            token = reply.between("<NextContinuationToken>", "</NextContinuationToken>");
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
