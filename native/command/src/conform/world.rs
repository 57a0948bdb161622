//! A runtime with the fixture in it, the scripted origin behind it, and a client in front.

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use aw_conformance::deployment as given;
use aw_runtimes::{Launch, Runtime, Server};

use super::{
    memory,
    origin::Origin,
    wire::{self, Connection, Reply},
};

/// What cases use.
pub(crate) struct World {
    /// The runtime's name.
    pub(crate) runtime: &'static str,
    /// Where the fixture listens.
    pub(crate) addr: SocketAddr,
    /// The scripted origin.
    pub(crate) origin: Origin,
    /// Where the runtime's output goes.
    pub(crate) log: PathBuf,
    server: Server,
}

impl World {
    /// Starts the origin and, in `runtime`, the fixture.
    ///
    /// # Errors
    /// One of them does not start.
    pub(crate) fn start(runtime: &dyn Runtime) -> Result<Self, aw_runtimes::Error> {
        let origin = Origin::start()?;
        let log = log_file(runtime.name(), "conformance")?;
        let url = |addr: SocketAddr| format!("http://{addr}");
        let own = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
        };
        let launch = Launch {
            app: "conformance".into(),
            backends: [(given::ORIGIN, origin.addr), (given::SLOW, origin.slow), (given::DEAD, origin.dead)]
                .map(|(backend, addr)| (backend.0.to_owned(), url(addr)))
                .into(),
            config: own(&[(given::GREETING, given::GREETING_VALUE), (given::MOTTO, given::MOTTO_VALUE)]),
            secrets: own(&[(given::SECRET, given::SECRET_VALUE)]),
            log: Some(log.clone()),
            ..Launch::default()
        };
        let server = runtime.launch(&launch)?;
        Ok(Self { runtime: runtime.name(), addr: server.addr, origin, log, server })
    }

    /// A connection to the fixture.
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
        memory::resident(self.server.pid())
    }
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
pub(crate) fn log_file(runtime: &str, app: &str) -> Result<PathBuf, aw_runtimes::Error> {
    let folder = aw_runtimes::cache::target_dir().join("conform");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{runtime}-{app}.log")))
}
