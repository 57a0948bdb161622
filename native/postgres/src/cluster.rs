//! A running cluster.

use std::{
    fs::File,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use aw_runtimes::{Database, Error, Result, Tether, cache::at, process::tail, setup};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    account::Account,
    folder::{Lock, Reach, SocketFolder, make},
    initialise::initialise,
    postmaster,
};

/// The role to connect as: it may make databases and is no superuser.
pub const ROLE: &str = "authorworks";

/// The socket's number where there is no TCP port to share it with.
const SOCKET_PORT: u16 = 5432;
/// How long a start may take: recovery after a crash reads the log that was written since the last checkpoint.
const START: Duration = Duration::from_secs(120);
/// How long a fast shutdown may take before an immediate one, which the next start recovers from.
const STOP: Duration = Duration::from_secs(10);
/// A log of this size is set aside when the server is started.
const LOG: u64 = 10_000_000;

/// Where a cluster listens besides its Unix socket.
#[derive(Clone, PartialEq, Eq)]
pub enum Listen {
    /// Nowhere.
    Socket,
    /// At a port of 127.0.0.1.
    Tcp {
        /// The port.
        port: u16,
        /// The password of [`ROLE`].
        password: String,
    },
}

impl std::fmt::Debug for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Socket => f.write_str("Socket"),
            Self::Tcp { port, .. } => write!(f, "Tcp({port})"),
        }
    }
}

/// A PostgreSQL server of our own. Dropping it stops it.
#[derive(Debug)]
pub struct Cluster {
    child: Child,
    socket: SocketFolder,
    listen: Listen,
    programs: PathBuf,
    _tether: Tether,
    _lock: Lock,
}

impl Listen {
    /// How to connect over TCP to a cluster that listens so, where it does: known before it is started.
    pub fn tcp(&self) -> Option<Database> {
        let Self::Tcp { port, password } = self else { return None };
        let (host, password) = ("127.0.0.1".to_owned(), Some(password.clone()));
        Some(Database { host, port: *port, user: ROLE.to_owned(), password })
    }
}

impl Cluster {
    /// Makes the cluster in `folder` unless it is there, about half a second of CPU: something to do while something
    /// else is waited for, as [`start`](Self::start) does it too.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn prepare(folder: &Path) -> Result<()> {
        Ground::enter(folder).map(drop)
    }

    /// Starts the cluster in `folder`, which is made where it is not there, and returns when it takes connections:
    /// in about a fifth of a second, the first time in one.
    ///
    /// A server that was left by a process that was killed is stopped first; what it had committed is there.
    ///
    /// # Errors
    /// PostgreSQL is not installed, the folder is in use or another user's, or the server ends: in the server's own
    /// words.
    pub fn start(folder: &Path, listen: &Listen) -> Result<Self> {
        Self::start_with(folder, listen, &[])
    }

    /// As [`start`](Self::start), with further settings, such as a library that measures.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(folder: &Path, listen: &Listen, further: &[(&str, &str)]) -> Result<Self> {
        let Ground { folder, data, programs, account, lock } = Ground::enter(folder)?;
        let port = match listen {
            Listen::Socket => SOCKET_PORT,
            Listen::Tcp { port, .. } => *port,
        };
        let socket = SocketFolder::choose(account, &data, port)?;
        let log = folder.join("log");
        if log.metadata().is_ok_and(|m| m.len() > LOG) {
            let _ = std::fs::rename(&log, log.with_extension("old"));
        }
        let words = File::options().create(true).append(true).open(&log).map_err(at(&log))?;
        let reach = Reach::new(account, &data)?;
        let mut command = account.command(&programs.join("postgres"));
        command.args(["-D", &reach.name]).args(settings(listen, port, &socket));
        command.args(further.iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(words).process_group(0);
        let mut child = command.spawn().map_err(|e| Error(format!("postgres: {e}")))?;
        let tether = match Tether::new(&child, "INT") {
            Ok(tether) => tether,
            Err(e) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(e);
            }
        };
        // From here on dropping it stops it.
        let mut cluster = Self { child, socket, listen: listen.clone(), programs, _tether: tether, _lock: lock };
        cluster.wait(&data, &log)?;
        if let Listen::Tcp { password, .. } = listen {
            let password = password.replace('\'', "''");
            cluster.superuser("postgres", &format!("ALTER ROLE {ROLE} PASSWORD '{password}'"))?;
        }
        Ok(cluster)
    }

    /// How to connect to the cluster in `folder` that another process has started; `None` where none takes
    /// connections.
    pub fn running(folder: &Path) -> Option<Database> {
        let data = folder.canonicalize().ok()?.join("data");
        let (port, socket) = postmaster::socket(&data)?;
        let socket = socket.canonicalize().ok()?;
        Some(Database { host: socket.display().to_string(), port, user: ROLE.to_owned(), password: None })
    }

    fn wait(&mut self, data: &Path, log: &Path) -> Result<()> {
        let until = Instant::now() + START;
        let pid = self.child.id();
        while !postmaster::ready(data, pid) {
            if let Some(status) = self.ended()? {
                return Err(Error(format!("postgres: ended with {status}; {}:\n{}", log.display(), tail(log, 10))));
            }
            if Instant::now() > until {
                return Err(Error(format!("postgres: not ready after {START:?}; its words are in {}", log.display())));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// What the server says to `sql` of its superuser, by the socket, to which only the server's owner comes: a line for
    /// each row, values apart by `|`. It goes by standard input: arguments are everybody's to see.
    ///
    /// # Errors
    /// What `psql` says.
    pub fn superuser(&self, database: &str, sql: &str) -> Result<String> {
        let failed = |e: std::io::Error| Error(format!("psql: {e}"));
        let mut child = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"])
            .args(["--username=postgres", "--dbname", database])
            .arg("--host")
            .arg(&self.socket.path)
            .args(["--port", &self.port().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(sql.as_bytes()).map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        let words = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Error(format!("psql: {}", words.trim())))
    }

    fn port(&self) -> u16 {
        match self.listen {
            Listen::Socket => SOCKET_PORT,
            Listen::Tcp { port, .. } => port,
        }
    }

    /// How to connect by the Unix socket, as [`ROLE`]. A new cluster has the database `postgres` to connect to when
    /// making others.
    pub fn database(&self) -> Database {
        let host = self.socket.path.display().to_string();
        Database { host, port: self.port(), user: ROLE.to_owned(), password: None }
    }

    /// How to connect over TCP, where the cluster listens there.
    pub fn tcp(&self) -> Option<Database> {
        self.listen.tcp()
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the server ended, if it has.
    ///
    /// # Errors
    /// The kernel does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    fn gone_within(&mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                Ok(None) => return false,
                _ => return true,
            }
        }
    }
}

impl Drop for Cluster {
    /// A fast shutdown: connections are closed, what is not committed is rolled back, everything is on disk.
    fn drop(&mut self) {
        if self.gone_within(Duration::ZERO) {
            return;
        }
        self.signal(Signal::INT);
        if !self.gone_within(STOP) {
            self.signal(Signal::QUIT);
            if !self.gone_within(STOP) {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
        }
    }
}

/// A folder with a cluster that is not running.
struct Ground {
    folder: PathBuf,
    data: PathBuf,
    programs: PathBuf,
    account: Account,
    lock: Lock,
}

impl Ground {
    fn enter(folder: &Path) -> Result<Self> {
        make(folder)?;
        let folder = folder.canonicalize().map_err(at(folder))?;
        let lock = Lock::take(&folder)?;
        let (programs, account) = (setup::postgres()?, Account::choose()?);
        let data = folder.join("data");
        postmaster::clear(&data)?;
        initialise(&programs, account, &data)?;
        Ok(Self { folder, data, programs, account, lock })
    }
}

/// What the server is told on its command line: the files in its folder stay as PostgreSQL made them.
fn settings(listen: &Listen, port: u16, socket: &SocketFolder) -> Vec<String> {
    let addresses = if *listen == Listen::Socket { "" } else { "127.0.0.1" };
    let quoted = socket.for_server.replace('"', "\"\"");
    [
        ("listen_addresses", addresses),
        ("port", &port.to_string()),
        ("unix_socket_directories", &format!("\"{quoted}\"")),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        // A database for each tenant, and connections to each on every thread.
        ("max_connections", "400"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        // Our statements are small: compiling them costs more than it saves.
        ("jit", "off"),
    ]
    .iter()
    .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
    .collect()
}
