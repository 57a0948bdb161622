//! An edge as it is deployed, with a window into its store.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use aw_gateway::Gateway;
use aw_model::names;
use aw_native::{Running, Settings, serve};
use aw_platform::{
    App, Body, Caps, Kv, Platform, Request, Response, Result, StoreId,
    http::{HeaderMap, HeaderName, HeaderValue, Request as Head},
};

use crate::{Answer, World, ask::send, folder::Folder, site::edge};

/// A gateway on the native platform. It keeps what it has while it is down.
pub struct GatewayEdge {
    name: String,
    addr: SocketAddr,
    folder: Folder,
    running: Option<Running>,
}

/// Where a test looks into the store. It is no path of the gateway's.
const WINDOW: &str = "/_test/store";

/// The gateway, and the window.
struct Watched(Gateway);

impl<P: Platform> App<P> for Watched {
    const NEEDS: Caps = <Gateway as App<P>>::NEEDS;

    async fn build(p: &P) -> Result<Self> {
        <Gateway as App<P>>::build(p).await.map(Self)
    }

    async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
        if request.uri().path() == WINDOW {
            return Response::<P>::new(Body::from(contents(p).await.expect("a store")));
        }
        self.0.handle(p, request).await
    }
}

/// Keys and values, as JSON.
async fn contents<P: Platform>(p: &P) -> Result<Vec<u8>> {
    let (kv, mut all, mut cursor) = (p.kv(StoreId(names::STORE))?, BTreeMap::new(), None);
    loop {
        let page = kv.list("", cursor.as_deref(), 1000).await?;
        for key in page.keys {
            if let Some(value) = kv.get(&key).await? {
                all.insert(key, value.to_vec());
            }
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(serde_json::to_vec(&all).expect("JSON"));
        }
    }
}

impl GatewayEdge {
    /// An edge with a place, which is not there yet.
    pub fn new(name: &str) -> Self {
        let port = aw_runtimes::free_port().expect("a port");
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        Self { name: name.to_owned(), addr, folder: Folder::new(), running: None }
    }

    /// Its name, and where it is or will be.
    pub fn place(&self) -> (&str, SocketAddr) {
        (&self.name, self.addr)
    }

    /// Comes up in front of an origin's content service, with what it had.
    pub fn up(&mut self, world: &World) {
        let settings =
            Settings { kv: Some(PathBuf::from(&self.folder.0)), ..edge(self.addr, &self.name, world.content_addr()) };
        self.running = Some(serve::<Watched>(settings).expect("an edge"));
    }

    /// Goes away.
    pub fn down(&mut self) {
        self.running = None;
    }

    /// What a browser gets at `host`.
    pub fn get(&self, host: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (mut head, ()) = Head::get(path).body(()).expect("a path").into_parts();
        let fields = fields.iter().map(|(name, value)| {
            (HeaderName::from_bytes(name.as_bytes()).expect("a name"), HeaderValue::from_str(value).expect("a value"))
        });
        head.headers = HeaderMap::from_iter(fields);
        send(self.addr, host, &head, b"").unwrap_or_else(|e| panic!("{host}{path}: {e}"))
    }

    /// Everything that it keeps.
    pub fn values(&self) -> BTreeMap<String, Vec<u8>> {
        let body = self.get("window", WINDOW, &[]).expect(200).body;
        serde_json::from_slice(&body).expect("the window's JSON")
    }
}
