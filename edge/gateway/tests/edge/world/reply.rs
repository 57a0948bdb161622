//! An answer, read to its end.

use aw_memory::MemoryBody;
use aw_platform::{Body, Bytes, http};

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: http::HeaderMap,
    pub(crate) body: Bytes,
    /// How many pieces the body came in, and whether the platform held it.
    pub(crate) streamed: bool,
    pub(crate) native: bool,
}

impl Reply {
    pub(crate) async fn read(response: http::Response<Body<MemoryBody>>) -> Self {
        let (head, body) = response.into_parts();
        let (streamed, native) = (matches!(body, Body::Stream(_)), matches!(body, Body::Native(_)));
        let body = body.bytes(64 << 20).await.expect("a body to its end");
        Self { status: head.status.as_u16(), headers: head.headers, body, streamed, native }
    }

    /// The one value of a header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map_or("", |v| v.to_str().unwrap());
        assert!(values.next().is_none(), "{name} is there twice: {:?}", self.headers);
        value
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// The cookies that are set, whole.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect()
    }

    /// The value that a cookie of that name is set to, first.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.cookies().into_iter().filter_map(|c| c.split(';').next()?.split_once('='));
        pairs.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The code of the error's envelope.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        let error = &json["error"];
        assert_eq!(error["requestId"], self.header("x-request-id"), "the envelope names the request");
        error["code"].as_str().expect("a code").to_owned()
    }
}
