//! The file in which a server says that it runs.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use aw_runtimes::{Error, Result};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// How long one that nobody waits for any more may take to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Its name in the data folder.
const FILE: &str = "postmaster.pid";

/// Whether the server `pid` says in `data` that it takes connections.
pub(crate) fn ready(data: &Path, pid: u32) -> bool {
    let text = fs::read_to_string(data.join(FILE)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    // The last line is its state, in eight characters (PostgreSQL's src/include/utils/pidfile.h).
    lines.first().and_then(|line| line.parse().ok()) == Some(pid)
        && lines.get(7).is_some_and(|line| line.trim() == "ready")
}

/// The port and the folder of the socket of the server that says in `data` that it takes connections.
pub(crate) fn socket(data: &Path) -> Option<(u16, PathBuf)> {
    let text = fs::read_to_string(data.join(FILE)).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let ready = lines.get(7).is_some_and(|line| line.trim() == "ready");
    let (port, folder) = (lines.get(3)?.trim().parse().ok()?, lines.get(4)?.trim());
    // It names its own working folder with a dot.
    (ready && !folder.is_empty()).then(|| (port, data.join(folder)))
}

/// Clears what is left of a server whose starter was killed. Call it with the cluster's lock.
///
/// One that still runs is on its way out, or is sent there: nobody else has the lock, so it is nobody's. The files of
/// one that is gone, its socket's lock among them, are removed, so that another program that happens to have its number
/// now, or what is left of itself until somebody asks how it ended, is not taken for it.
///
/// # Errors
/// It does not stop.
pub(crate) fn clear(data: &Path) -> Result<()> {
    let file = data.join(FILE);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid.filter(|pid| works_in(*pid, data)) {
        let until = Instant::now() + PATIENCE;
        let _ = kill_process(pid, Signal::INT);
        while works_in(pid, data) {
            if Instant::now() > until {
                let pid = pid.as_raw_nonzero();
                return Err(Error(format!("{}: an earlier server, process {pid}, does not stop", data.display())));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    end_orphans(data)?;
    remove(&file)?;
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    let locks = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(".s.PGSQL.") && name.ends_with(".lock")
    });
    locks.map(|entry| entry.path()).try_for_each(|lock| remove(&lock))
}

/// Ends the processes of a server that was killed itself, one that reads the log among them: the next server does not
/// start while they may write. Call it with the cluster's lock.
fn end_orphans(data: &Path) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let theirs = |pid: &Pid| {
            let name = fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero())).unwrap_or_default();
            name.trim() == "postgres" && works_in(*pid, data)
        };
        let left: Vec<Pid> = numbers.filter_map(Pid::from_raw).filter(theirs).collect();
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Error(format!("{}: processes of an earlier server do not stop", data.display())));
        }
        for pid in left {
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error(format!("{}: {e}", file.display()))),
        _ => Ok(()),
    }
}

/// Whether `pid` is alive and its working folder is `data`; without `/proc`, whether it is alive.
fn works_in(pid: Pid, data: &Path) -> bool {
    let alive = !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
    if !Path::new("/proc/self/cwd").exists() {
        return alive;
    }
    let folder = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero()));
    alive && folder.is_ok_and(|folder| fs::canonicalize(data).is_ok_and(|data| data == folder))
}
