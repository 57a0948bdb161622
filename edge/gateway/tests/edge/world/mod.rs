//! A press with one book, an edge that may or may not have it, and the origin behind.

mod origin;
mod press;
mod reply;

use std::{net::IpAddr, rc::Rc, time::Duration};

use aw_gateway::Gateway;
use aw_memory::{Memory, MemoryBody};
use aw_model::names;
use aw_platform::{App, Body, Bytes, Kv, Platform, StoreId, http};
use aw_trust::{Key, key, message};

pub(crate) use self::{
    origin::Origin,
    origin::answer,
    press::{EPUB, Press, START, WHALE, encode, in_lines, sign, token_key},
    reply::Reply,
};

pub(crate) const SECRET: &str = "an edge key of at least thirty-two bytes";
pub(crate) const HOST: &str = "press.localhost";
pub(crate) const AUTHORITY: &str = "origin.internal:4000";

/// The whole of it.
pub(crate) struct World {
    pub(crate) p: Memory,
    pub(crate) app: Gateway,
    pub(crate) origin: Origin,
    pub(crate) press: &'static Press,
}

impl World {
    /// An edge that has everything in its store, and an origin that is down.
    pub(crate) fn published() -> Self {
        let world = Self::empty();
        for (key, value) in world.press.values() {
            world.put(&key, value);
        }
        world.origin.up.set(false);
        world
    }

    /// An edge with an empty store, and an origin that has everything.
    pub(crate) fn empty() -> Self {
        let p = Memory::new();
        p.set_config(names::EDGE_NAME, "native");
        p.set_config(names::ORIGIN_AUTHORITY, AUTHORITY);
        p.set_secret(names::EDGE_KEY, SECRET);
        let press = Press::get();
        let origin = Origin::behind(&p);
        origin.values.borrow_mut().extend(press.values());
        let app = p.block_on(Gateway::build(&p)).expect("an edge");
        Self { p, app, origin, press }
    }

    /// Puts a value into the edge's store.
    pub(crate) fn put(&self, key: &str, value: impl Into<Bytes>) {
        let kv = self.p.kv(StoreId(names::STORE)).unwrap();
        self.p.block_on(kv.put(key, value.into(), None)).unwrap();
    }

    /// What the edge's store has.
    pub(crate) fn stored(&self, key: &str) -> Option<Bytes> {
        self.p.block_on(self.p.kv(StoreId(names::STORE)).unwrap().get(key)).unwrap()
    }

    /// Replaces the tenant's record in the edge's store.
    pub(crate) fn tenant(&self, change: impl FnOnce(&mut aw_model::Tenant)) {
        let mut tenant = self.press.tenant.clone();
        change(&mut tenant);
        self.put(&aw_model::key::host(HOST), aw_model::record::encode(99, Some(&tenant)).unwrap());
    }

    /// The answer to a request, from 127.0.0.1.
    pub(crate) fn send(&self, request: http::Request<Body<MemoryBody>>) -> Reply {
        self.p.block_on(self.ask(&self.p, request))
    }

    /// The answer to a request from that address.
    pub(crate) fn send_from(&self, ip: &str, request: http::Request<Body<MemoryBody>>) -> Reply {
        let ip: IpAddr = ip.parse().unwrap();
        let p = self.p.from_client(ip, None, None);
        self.p.block_on(self.ask(&p, request))
    }

    /// The answer to a request, for tests that run several at once.
    pub(crate) async fn ask(&self, p: &Memory, request: http::Request<Body<MemoryBody>>) -> Reply {
        Reply::read(self.app.handle(p, request).await).await
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send(get(path).body(Body::Empty).unwrap())
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(with(get(path), headers))
    }

    /// A read with a token of these entitlements as Bearer.
    pub(crate) fn get_as(&self, path: &str, token: &str) -> Reply {
        self.get_with(path, &[("authorization", &format!("Bearer {token}"))])
    }

    /// A read with the token as a browser's cookie.
    pub(crate) fn get_as_browser(&self, path: &str, token: &str) -> Reply {
        self.get_with(path, &[("cookie", &format!("theme=dark; aw_access={token}"))])
    }

    /// A delivery, signed by the origin for this edge.
    pub(crate) fn push(&self, key: &str, value: impl Into<Bytes>) -> Reply {
        self.send(self.signed(key, value.into(), "origin", HOST))
    }

    /// A delivery signed with that key id for that authority.
    pub(crate) fn signed(&self, key: &str, value: Bytes, id: &str, authority: &str) -> http::Request<Body<MemoryBody>> {
        let request = http::Request::put(format!("/_aw/values?key={key}")).header("host", HOST);
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        message::sign_now(&self.p, &mut head, authority, (id, &request_key()), &value).unwrap();
        http::Request::from_parts(head, value.into())
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.p.advance(Duration::from_secs(seconds));
    }

    /// The access records since the last call.
    pub(crate) fn records(&self) -> Vec<serde_json::Value> {
        self.p.take_records().iter().map(|line| serde_json::from_str(line).expect("one line of JSON")).collect()
    }
}

pub(crate) fn request_key() -> Key {
    key::derive(SECRET.as_bytes(), key::REQUEST).unwrap()
}

/// A GET at the press.
pub(crate) fn get(path: &str) -> http::request::Builder {
    request("GET", path)
}

/// A request at the press.
pub(crate) fn request(method: &str, path: &str) -> http::request::Builder {
    http::Request::builder().method(method).uri(path).header("host", HOST)
}

/// A request with further headers and no body.
pub(crate) fn with(mut builder: http::request::Builder, headers: &[(&str, &str)]) -> http::Request<Body<MemoryBody>> {
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::Empty).unwrap()
}

/// A form posted at the press with these cookies.
pub(crate) fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> http::Request<Body<MemoryBody>> {
    let text: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", aw_pages::form::escape(v))).collect();
    request("POST", path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(text.join("&").into())
        .unwrap()
}

/// JSON posted at the press with further headers.
pub(crate) fn json(path: &str, body: &str, headers: &[(&str, &str)]) -> http::Request<Body<MemoryBody>> {
    let request = with(request("POST", path).header("content-type", "application/json"), headers);
    request.map(|_| body.to_owned().into())
}

/// A counter that closures share.
pub(crate) type Count = Rc<std::cell::Cell<u32>>;
