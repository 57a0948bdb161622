//! The machine: `authorworks up` in a process of its own, and what is killed of it.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aw_postgres::Cluster;
use aw_runtimes::{cache, setup};
use serde_json::Value;

use super::client::{Client, database};
use crate::data::{Data, DataArgs, Ports, Secrets};

/// How long it may take until all is well again: after a kill PostgreSQL reads its log, and `up` waits a little.
const RECOVERY: Duration = Duration::from_secs(90);
/// How long the first start may take, its builds included.
const START: Duration = Duration::from_secs(1_200);

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Victim {
    /// The origin's process; `up` starts it again.
    Origin,
    /// PostgreSQL's postmaster; `up` starts it again.
    Postgres,
    /// Every process: `up` with the object store and the sandbox in it, the origin, the edge, PostgreSQL.
    Everything,
}

/// `up` on a folder of its own.
pub(super) struct Host {
    data: Data,
    up: Option<Up>,
    /// The postmaster that was killed: until there is another, nothing is well.
    dead: Option<u32>,
}

struct Up {
    child: Child,
    origin: String,
    edge: String,
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Host {
    /// Starts it in a new folder.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn start(dir: &Path) -> Result<Self, String> {
        let args = DataArgs { dir: dir.to_owned() };
        let data = Data::open(&args).map_err(|e| e.to_string())?;
        let port = aw_runtimes::free_port().map_err(|e| e.0)?.to_string();
        let mut host = Self { data, up: None, dead: None };
        host.launch(&["--port", &port], START)?;
        Ok(host)
    }

    /// Starts `up` again, on what is there.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn again(&mut self) -> Result<(), String> {
        self.launch(&[], RECOVERY)
    }

    fn launch(&mut self, words: &[&str], patience: Duration) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("up: {e}");
        let mut child = self.spawn(words)?;
        let out = child.stdout.take();
        let (send, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = out.map(|out| BufReader::new(out).read_line(&mut line));
            let _ = send.send(line);
        });
        let line = told.recv_timeout(patience).unwrap_or_default();
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let url = |value: &Value| value.as_str().map(str::to_owned);
        match (url(&told["origin"]), url(&told["edges"][0]["url"])) {
            (Some(origin), Some(edge)) => {
                self.up = Some(Up { child, origin, edge });
                Ok(())
            }
            _ => {
                child.kill().map_err(failed)?;
                child.wait().map_err(failed)?;
                Err(format!("up said {line:?} and is not up; its words are in {}", self.words().display()))
            }
        }
    }

    fn words(&self) -> std::path::PathBuf {
        self.data.path("up.log")
    }

    fn spawn(&self, words: &[&str]) -> Result<Child, String> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let log = File::options().create(true).append(true).open(self.words()).map_err(|e| e.to_string())?;
        Command::new(program)
            .current_dir(cache::checkout())
            .args(["up", "--json", "--data"])
            .arg(self.data.dir())
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|e| format!("up: {e}"))
    }

    /// A client of what runs.
    ///
    /// # Errors
    /// Nothing does.
    pub(super) fn client(&self) -> Result<Client, String> {
        let up = self.up.as_ref().ok_or("up is down")?;
        let secrets = Secrets::load(&self.data).map_err(|e| e.to_string())?;
        let mut ports = Ports::load(&self.data).map_err(|e| e.to_string())?;
        let store = ports.get("s3", None).map_err(|e| e.to_string())?;
        Client::new(&up.origin, &up.edge, format!("127.0.0.1:{store}"), &secrets)
    }

    /// The edge's base URL.
    ///
    /// # Errors
    /// It is down.
    pub(super) fn edge(&self) -> Result<String, String> {
        self.up.as_ref().map(|up| up.edge.clone()).ok_or_else(|| "up is down".to_owned())
    }

    /// Kills it, with SIGKILL.
    ///
    /// # Errors
    /// There is nothing to kill.
    pub(super) fn kill(&mut self, victim: Victim) -> Result<(), String> {
        let up = self.up.as_mut().ok_or("up is down")?;
        let parent = up.child.id();
        let postmaster = postmaster(&self.data.path("postgres"));
        let pids = match victim {
            Victim::Origin => children(parent).into_iter().filter(|pid| runs(*pid, "native-origin")).collect(),
            Victim::Postgres => postmaster.into_iter().collect(),
            // `up` first, so that it starts nothing again.
            Victim::Everything => {
                let tethers = |pid: &u32| !runs(*pid, "tether");
                std::iter::once(parent).chain(children(parent).into_iter().filter(tethers)).collect::<Vec<u32>>()
            }
        };
        if pids.is_empty() {
            return Err(format!("{victim:?}: no such process"));
        }
        let words = pids.iter().map(ToString::to_string);
        let status = Command::new("kill").arg("-KILL").args(words).stderr(Stdio::null()).status();
        status.map_err(|e| format!("kill: {e}"))?;
        self.dead = postmaster.filter(|_| victim != Victim::Origin);
        if victim == Victim::Everything {
            self.up = None;
        }
        Ok(())
    }

    /// Kills one that is only just starting, after a while.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn kill_while_starting(&self, after: Duration) -> Result<(), String> {
        let mut child = self.spawn(&[])?;
        std::thread::sleep(after);
        let parent = child.id();
        let words: Vec<String> = std::iter::once(parent).chain(children(parent)).map(|pid| pid.to_string()).collect();
        let _ = Command::new("kill").arg("-KILL").args(words).stderr(Stdio::null()).status();
        child.wait().map(drop).map_err(|e| e.to_string())
    }

    /// Waits until all is well; how long that took.
    ///
    /// # Errors
    /// It never is.
    pub(super) fn well(&mut self, client: &Client) -> Result<Duration, String> {
        let begun = Instant::now();
        let folder = self.data.path("postgres");
        while self.dead.is_some_and(|dead| postmaster(&folder).is_none_or(|pid| pid == dead)) || !client.ready() {
            if begun.elapsed() > RECOVERY {
                return Err(format!("not ready after {RECOVERY:?}; what up says is in {}", self.words().display()));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Ok(begun.elapsed())
    }

    /// What PostgreSQL's own client says to a statement in the tenant's database that gives one JSON value.
    ///
    /// # Errors
    /// In the client's words.
    pub(super) fn sql(&self, statement: &str) -> Result<Value, String> {
        let at = Cluster::running(&self.data.path("postgres")).ok_or("PostgreSQL does not run")?;
        let psql = setup::postgres().map_err(|e| e.0)?.join("psql");
        let output = Command::new(psql)
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"])
            .args(["--host", &at.host, "--port", &at.port.to_string(), "--username", &at.user])
            .args(["--dbname", &database(), "--command", statement])
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("psql: {e}"))?;
        if !output.status.success() {
            return Err(format!("{statement}: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(serde_json::from_str(text.trim()).unwrap_or(Value::Null))
    }

    /// Stops it in order.
    pub(super) fn stop(mut self) {
        let Some(mut up) = self.up.take() else { return };
        let _ = Command::new("kill").args(["-TERM", &up.child.id().to_string()]).status();
        let until = Instant::now() + Duration::from_secs(30);
        while matches!(up.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The process of the cluster in `folder`.
fn postmaster(folder: &Path) -> Option<u32> {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// The processes that `pid` started.
fn children(pid: u32) -> Vec<u32> {
    let parent = format!("PPid:\t{pid}");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let status = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    numbers.filter(|pid: &u32| status(pid).lines().any(|line| line == parent)).collect()
}

/// Whether a process was called with a word in its command line.
fn runs(pid: u32, word: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains(word)
}
