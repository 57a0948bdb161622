//! An edge that keeps what it is given, checks who gives it, and has moods.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_model::{key, record};
use aw_native::{Running, Settings, serve};
use aw_platform::{
    App, Body, Caps, Platform, PlatformExt, Request, Response, Result,
    http::{self, StatusCode},
};
use aw_trust::{digest, key as keys, message};

/// How an edge answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    #[default]
    Well,
    /// 503.
    Ill,
    /// As it should, after that time.
    Slow(Duration),
    /// It stores the value and answers 500: the origin does not learn of it.
    Forgetful,
    /// 400 for keys that begin so.
    Picky(String),
}

#[derive(Default)]
struct State {
    mood: Mood,
    values: BTreeMap<String, Vec<u8>>,
    /// Keys in the order in which they came, again and again.
    log: Vec<String>,
}

/// An edge.
pub struct Edge {
    name: String,
    addr: SocketAddr,
    edge_key: String,
    state: Arc<Mutex<State>>,
    running: Option<Running>,
}

/// The states of edges, by address: an app is built by the platform and finds its own here.
static EDGES: Mutex<Option<HashMap<String, Arc<Mutex<State>>>>> = Mutex::new(None);

struct Ingest {
    authority: String,
    key: aw_trust::Key,
    state: Arc<Mutex<State>>,
}

impl Edge {
    /// An edge with a place, which is not there yet.
    pub(crate) fn new(name: &str, edge_key: &str) -> Self {
        let port = aw_runtimes::free_port().expect("a port");
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        let state = Arc::<Mutex<State>>::default();
        EDGES.lock().expect("no panic").get_or_insert_default().insert(addr.to_string(), state.clone());
        Self { name: name.to_owned(), addr, edge_key: edge_key.to_owned(), state, running: None }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, or will be.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Comes up, with what it had.
    pub fn up(&mut self) {
        let config = BTreeMap::from([("authority".to_owned(), self.addr.to_string())]);
        let secrets = BTreeMap::from([("edge-key".to_owned(), self.edge_key.clone())]).into();
        let settings = Settings { listen: self.addr, threads: 1, config, secrets, ..Settings::default() };
        self.running = Some(serve::<Ingest>(settings).expect("an edge"));
    }

    /// Goes away.
    pub fn down(&mut self) {
        self.running = None;
    }

    /// Changes how it answers.
    pub fn set(&self, mood: Mood) {
        self.state.lock().expect("no panic").mood = mood;
    }

    /// What it keeps.
    pub fn values(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().expect("no panic").values.clone()
    }

    /// The JSON of a record that it keeps; `None` where it has none, or a tombstone.
    pub fn record(&self, key: &str) -> Option<serde_json::Value> {
        let values = self.values();
        record::decode(values.get(key)?).expect("a record").1
    }

    /// The keys that came, in their order.
    pub fn log(&self) -> Vec<String> {
        self.state.lock().expect("no panic").log.clone()
    }
}

impl<P: Platform> App<P> for Ingest {
    const NEEDS: Caps = Caps::NONE;

    async fn build(p: &P) -> Result<Self> {
        let authority = p.require_config("authority").await?;
        let state = EDGES.lock().expect("no panic").as_ref().and_then(|all| all.get(&authority).cloned());
        let key = keys::derive(p.secret("edge-key").await?.expose(), keys::REQUEST)?;
        Ok(Self { authority, key, state: state.expect("an edge of a test") })
    }

    async fn handle(&self, p: &P, request: Request<P>) -> Response<P> {
        let mood = self.state.lock().expect("no panic").mood.clone();
        let status = match self.store(p, request, &mood).await {
            Ok(true) => StatusCode::NO_CONTENT,
            Ok(false) => StatusCode::OK,
            Err(status) => status,
        };
        let mut response = Response::<P>::new(Body::Empty);
        *response.status_mut() = status;
        response
    }
}

impl Ingest {
    /// Whether the value is new.
    async fn store<P: Platform>(&self, p: &P, request: Request<P>, mood: &Mood) -> Result<bool, StatusCode> {
        let (head, body) = request.into_parts();
        let body = body.bytes(1_000_000).await.map_err(|_| StatusCode::BAD_REQUEST)?;
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let signed = message::verify(&head, &self.authority, |_| Some(self.key.clone()), now_s);
        let digest = head.headers.get("content-digest").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let origins = signed.is_ok_and(|signature| signature.key_id == "origin") && digest::matches(digest, &body);
        let key = head.uri.query().and_then(|q| q.strip_prefix("key=")).unwrap_or_default().to_owned();
        if !origins || head.method != http::Method::PUT || !key::is_valid(&key) {
            return Err(StatusCode::UNAUTHORIZED);
        }
        match mood {
            Mood::Ill => return Err(StatusCode::SERVICE_UNAVAILABLE),
            Mood::Picky(prefix) if key.starts_with(prefix) => return Err(StatusCode::BAD_REQUEST),
            Mood::Slow(time) => p.sleep(*time).await,
            _ => {}
        }
        let mut state = self.state.lock().expect("no panic");
        state.log.push(key.clone());
        let new = match state.values.get(&key) {
            Some(there) if key::is_object(&key) => {
                assert_eq!(there, &body, "an object changed");
                false
            }
            Some(there) => record::split(&body).expect("a record").0 > record::split(there).expect("a record").0,
            None => true,
        };
        if new {
            state.values.insert(key, body.to_vec());
        }
        if *mood == Mood::Forgetful { Err(StatusCode::INTERNAL_SERVER_ERROR) } else { Ok(new) }
    }
}
