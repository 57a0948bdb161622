//! What it takes to start a deployable, and a started one.

use std::{
    collections::BTreeMap,
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Tether, cache::at};

/// How long a server that is told to stop may take to finish what it does.
const STOP: Duration = Duration::from_secs(8);

/// Why a tool, a build or a server could not be had: one line that names the remedy.
#[derive(Debug)]
pub struct Error(pub String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self(e.to_string())
    }
}

/// The result of starting or building something.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A deployable and its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The deployable: a folder's name under the platform's `apps/`, such as `gateway`, `conformance`, `hello`.
    pub app: String,
    /// The loopback port to listen on; `None`: any free one.
    pub port: Option<u16>,
    /// Backend name in the manifest → base URL, such as `origin` → `http://127.0.0.1:4000`.
    pub backends: BTreeMap<String, String>,
    /// Settings by name.
    pub config: BTreeMap<String, String>,
    /// Secrets by name. They reach the process by a file of mode 0600 or its environment, never by its arguments.
    pub secrets: BTreeMap<String, String>,
    /// PostgreSQL, for origins.
    pub database: Option<Database>,
    /// Where the platform's KV lives between starts; `None`: nowhere.
    pub state: Option<PathBuf>,
    /// Where the process's output goes; `None`: nowhere.
    pub log: Option<PathBuf>,
}

/// How a deployable reaches PostgreSQL.
#[derive(Clone)]
pub struct Database {
    /// A host's name or address, or (native only) the folder of a Unix socket.
    pub host: String,
    /// The port; it names the socket in a folder, too.
    pub port: u16,
    /// The role to log in as.
    pub user: String,
    /// Its password, where the server asks for one.
    pub password: Option<String>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}:{}", self.user, self.host, self.port)
    }
}

/// A real runtime that can run our deployables.
pub trait Runtime {
    /// The platform's name, as in [`Platform::NAME`](../aw_platform/trait.Platform.html).
    fn name(&self) -> &'static str;

    /// Builds the deployable `app` for the machine that it is deployed to: its files.
    ///
    /// # Errors
    /// A tool is missing, or it does not compile.
    fn build(&self, app: &str) -> Result<Vec<PathBuf>>;

    /// Has done before a start what the first one would take long for, of the deployable `app` as it is built.
    ///
    /// # Errors
    /// It cannot be built, or the runtime does not take it.
    fn prepare(&self, app: &str) -> Result<()> {
        let _ = app;
        Ok(())
    }

    /// Builds what has to be built and starts it; returns when it answers on its port.
    ///
    /// # Errors
    /// A tool is missing, the build fails, or the server ends before it answers: the message names the log.
    fn launch(&self, launch: &Launch) -> Result<Server>;
}

/// A server in a process of its own. It is killed when this is dropped, or when this process is.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    child: Child,
    _tether: Tether,
    keeps: Option<Box<dyn std::any::Any + Send>>,
}

impl Server {
    /// Runs `command`, which serves `launch` on `addr`, in a process group of its own and with its output in the
    /// launch's log; waits up to `patience` for it to accept connections.
    ///
    /// # Errors
    /// The port is taken, it cannot be run, the process ended, or it did not accept connections in time; the message
    /// names the log.
    pub fn start(command: &mut Command, launch: &Launch, addr: SocketAddr, patience: Duration) -> Result<Self> {
        // Else another's answer on that port would be taken for the child's.
        TcpListener::bind(addr).map_err(|e| Error(format!("{addr}: {e}: stop what listens there, or try again")))?;
        let log = || match &launch.log {
            Some(path) => File::options().create(true).append(true).open(path).map_err(at(path)).map(Stdio::from),
            None => Ok(Stdio::null()),
        };
        command.stdin(Stdio::null()).stdout(log()?).stderr(log()?).process_group(0);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|e| Error(format!("cannot run {program}: {e}")))?;
        Self::ready(child, addr, patience).map_err(|e| match &launch.log {
            Some(path) => Error(format!("{}; its output is in {}", e.0, path.display())),
            None => e,
        })
    }

    /// Takes charge of `child`, waiting up to `patience` for it to accept connections on `addr`.
    ///
    /// # Errors
    /// The process ended, or did not accept connections in time.
    pub fn ready(mut child: Child, addr: SocketAddr, patience: Duration) -> Result<Self> {
        let tether = Tether::new(&child, "TERM").inspect_err(|_| kill(&mut child))?;
        let mut server = Self { addr, child, _tether: tether, keeps: None };
        let until = Instant::now() + patience;
        loop {
            if TcpStream::connect_timeout(&addr, Duration::from_millis(200)).is_ok() {
                return Ok(server);
            }
            if let Some(status) = server.ended()? {
                return Err(Error(format!("the server for {addr} ended with {status} before it answered")));
            }
            if Instant::now() > until {
                return Err(Error(format!("the server for {addr} did not answer in {patience:?}")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Keeps `what` (a folder's guard, say) until the process has ended.
    #[must_use]
    pub fn keeping(mut self, what: impl std::any::Any + Send) -> Self {
        self.keeps = Some(Box::new(what));
        self
    }

    /// The id of the process whose CPU time and memory count as the server's.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// The kernel does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Tells it to stop (SIGTERM) and waits while it finishes the requests under way; kills what is left after 8 s.
    pub fn stop(mut self) {
        signal(&self.child, Signal::TERM);
        let until = Instant::now() + STOP;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

/// Signals the group that `child` leads; a child that leads none has none of that number.
fn signal(child: &Child, signal: Signal) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, signal).or_else(|_| rustix::process::kill_process(pid, signal));
    }
}

/// Kills `child` and its group. One that has ended and been waited for is left alone: its number may be another's.
fn kill(child: &mut Child) {
    if matches!(child.try_wait(), Ok(None)) {
        signal(child, Signal::KILL);
        let _ = child.wait();
    }
}

/// A loopback port that is free now, below the ephemeral range (a client that polls an ephemeral port can connect
/// to itself).
///
/// # Errors
/// No port is free.
pub fn free_port() -> Result<u16> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(7919);
    for _ in 0..2_000 {
        let n = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 12_000 + (n % 18_000) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error("no free loopback port between 12000 and 30000".into()))
}
