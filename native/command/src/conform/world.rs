//! A runtime with one of our deployables in it, the scripted origin behind it, and a client in front.

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aw_conformance::deployment as given;
use aw_model::names;
use aw_runtimes::{Database, Error, Launch, Runtime, Server};

use super::{
    memory,
    origin::Origin,
    site::{self, Pusher, Site},
    wire::{self, Connection, Reply},
};

/// What cases use.
pub(crate) struct World {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// The scripted origin.
    pub(crate) origin: Origin,
    /// Where the runtime's output goes.
    pub(crate) log: PathBuf,
    pid: u32,
    server: Mutex<Option<Server>>,
}

impl World {
    /// Starts the origin and, in `runtime`, the fixture.
    ///
    /// # Errors
    /// One of them does not start.
    pub(crate) fn fixture(runtime: &dyn Runtime) -> Result<Self, Error> {
        Self::start(runtime, "conformance", |origin| Launch {
            backends: [(given::ORIGIN, origin.addr), (given::SLOW, origin.slow), (given::DEAD, origin.dead)]
                .map(|(backend, addr)| (backend.0.to_owned(), url(addr)))
                .into(),
            config: own(&[(given::GREETING, given::GREETING_VALUE), (given::MOTTO, given::MOTTO_VALUE)]),
            secrets: own(&[(given::SECRET, given::SECRET_VALUE)]),
            ..Launch::default()
        })
    }

    /// Starts, in `runtime`, the fixture with a database server.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn origin(runtime: &dyn Runtime, database: Option<Database>) -> Result<Self, Error> {
        Self::start(runtime, "conformance", |_| Launch {
            config: own(&[(given::GREETING, given::GREETING_VALUE)]),
            database,
            ..Launch::default()
        })
    }

    /// Starts the origin and, in `runtime`, the gateway, and puts `site` there as an origin would.
    ///
    /// # Errors
    /// One of them does not start, or a value is refused.
    pub(crate) fn gateway(runtime: &dyn Runtime, site: &Site) -> Result<Self, Error> {
        let world = Self::start(runtime, "gateway", |origin| Launch {
            backends: [(names::ORIGIN.to_owned(), url(origin.addr))].into(),
            config: own(&[(names::EDGE_NAME, "edge-1"), (names::ORIGIN_AUTHORITY, "origin.test")]),
            secrets: own(&[(names::EDGE_KEY, site::EDGE_KEY)]),
            ..Launch::default()
        })?;
        let pushed = Pusher::open(world.addr).and_then(|mut pusher| pusher.all(&site.values));
        pushed.map_err(|e| Error(format!("the site cannot be published to {}: {e}", runtime.name())))?;
        Ok(world)
    }

    fn start(runtime: &dyn Runtime, app: &str, launch: impl FnOnce(&Origin) -> Launch) -> Result<Self, Error> {
        let origin = Origin::start()?;
        let log = log_file(runtime.name(), app)?;
        let launch = Launch { app: app.to_owned(), log: Some(log.clone()), ..launch(&origin) };
        let server = runtime.launch(&launch)?;
        Ok(Self { addr: server.addr, origin, log, pid: server.pid(), server: Mutex::new(Some(server)) })
    }

    /// A connection to the runtime.
    pub(crate) fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.addr)
    }

    /// The response to one request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, target: &str, fields: &[(&str, &[u8])], body: &[u8]) -> io::Result<Reply> {
        let mut connection = self.connect()?;
        connection.send(&wire::request(method, target, fields, body))?;
        connection.reply(method)
    }

    /// The response to a GET.
    pub(crate) fn get(&self, target: &str) -> io::Result<Reply> {
        self.ask("GET", target, &[], b"")
    }

    /// The resident memory of the runtime's processes, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        memory::resident(self.pid)
    }

    /// Whether the runtime still answers anything at all.
    pub(crate) fn answers(&self) -> bool {
        let ask = || -> io::Result<u16> {
            let mut connection = self.connect()?;
            connection.patience(Duration::from_secs(10))?;
            connection.send(&wire::request("GET", "/", &[], b""))?;
            Ok(connection.reply("GET")?.status())
        };
        ask().is_ok()
    }

    /// Ends the runtime.
    pub(crate) fn stop(&self) {
        drop(self.server.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn url(addr: SocketAddr) -> String {
    format!("http://{addr}")
}

fn own(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// A name that no other case uses.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Where the output of `runtime` running `app` goes: under `conform/` in the target folder.
///
/// # Errors
/// The folder cannot be made.
pub(crate) fn log_file(runtime: &str, app: &str) -> Result<PathBuf, Error> {
    let folder = aw_runtimes::cache::target_dir().join("conform");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{runtime}-{app}.log")))
}
