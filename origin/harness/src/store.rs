//! The object store, as a client of its own sees it.

use std::{collections::BTreeMap, time::SystemTime};

use aw_platform::http::{HeaderName, HeaderValue, Method, Request};
use aw_trust::sigv4;

use crate::{
    Answer, World,
    ask::send,
    world::{BUCKET, REGION, STORE_KEY},
};

impl World {
    /// How many objects it has of a tenant.
    pub fn stored(&self, tenant: &str) -> usize {
        self.keys(&format!("o/{tenant}/")).len()
    }

    /// Every object whose key begins with `prefix`, with its bytes.
    pub fn objects(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let bytes = |key: String| {
            let bytes = self.at_store("GET", &key, &[], &[], b"").expect(200).body;
            (key, bytes)
        };
        self.keys(prefix).into_iter().map(bytes).collect()
    }

    /// The keys that begin with `prefix`, in order.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let after = keys.last().map_or("", String::as_str);
            let query = [("list-type", "2"), ("prefix", prefix), ("start-after", after)];
            let text = String::from_utf8(self.at_store("GET", "", &query, &[], b"").expect(200).body).expect("UTF-8");
            let page = text.split("<Key>").skip(1).map(|rest| rest.split_once("</Key>").expect("a key").0.to_owned());
            keys.extend(page);
            if text.contains("<IsTruncated>false") {
                return keys;
            }
        }
    }

    /// Asks the store: of an object, or with an empty key of the bucket.
    pub fn at_store(
        &self,
        method: &str,
        key: &str,
        query: &[(&str, &str)],
        fields: &[(&'static str, &str)],
        body: &[u8],
    ) -> Answer {
        let credentials = sigv4::Credentials {
            access_key: "access",
            secret_key: STORE_KEY.as_bytes(),
            region: REGION,
            service: "s3",
        };
        let now_s = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
        let (addr, method) = (self.store(), Method::from_bytes(method.as_bytes()).expect("a method"));
        let path = format!("/{BUCKET}/{}", sigv4::escape_path(key));
        let path = path.trim_end_matches('/');
        let target = sigv4::presign(&method, &addr.to_string(), path, query, &credentials, now_s, 60);
        let (mut head, ()) = Request::builder().method(method).uri(target).body(()).expect("a request").into_parts();
        for (name, value) in fields {
            head.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        }
        send(addr, &addr.to_string(), &head, body).expect("the object store")
    }
}
