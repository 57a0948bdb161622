//! The command itself, as one uses it: `up`, `tenant`, `import`, `publish`, Ctrl-C, and being killed.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aw_runtimes::{Result, cache};
use serde_json::Value;

use super::{Checks, Verdict, press::BOOK, reader::stranger};

/// How long `up` may take, its builds included.
const START: Duration = Duration::from_secs(1_200);
/// How long it may take to stop, and its parts to follow it where it is killed.
const STOP: Duration = Duration::from_secs(30);

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `up` in a process of its own. It is killed when this is dropped.
struct Up {
    child: Child,
    addr: SocketAddr,
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the story.
pub(super) fn check(checks: &mut Checks<'_>) -> Result<()> {
    let dir = cache::target_dir().join("suites").join(format!("command-{}", std::process::id()));
    let folder = Folder(dir);
    let port = aw_runtimes::free_port()?.to_string();
    let verdict = tell(&folder.0, &["tenant", "list"], 1).and_then(|words| has(&words, "cargo aw up"));
    checks.hold("without `up`, the others say what to do", verdict)?;
    let mut up = match Up::start(&folder.0, &["--port", &port]) {
        Ok(up) => up,
        Err(why) => return checks.hold("up starts", Err(why)),
    };
    checks.hold("up starts", Ok(()))?;
    let second = tell(&folder.0, &["up"], 1).and_then(|words| has(&words, "another `up` runs on it"));
    checks.hold("a second up on one folder is refused", second)?;
    let made = tell(&folder.0, &["tenant", "create", "press", "--name", "Press", "--json"], 0).map(drop);
    checks.hold("a tenant is made", made)?;
    checks.hold("a broken EPUB is refused with the file and the reason, and leaves nothing", broken(&folder.0))?;
    let book = cache::checkout().join("tests/books").join(format!("{}.epub", BOOK.0));
    let book = book.to_string_lossy();
    let imported = tell(&folder.0, &["import", &book, "--tenant", "press"], 0).map(drop);
    checks.hold("a real book is imported", imported)?;
    let published = tell(&folder.0, &["publish", BOOK.0, "--tenant", "press"], 0).map(drop);
    checks.hold("it is published", published)?;
    let unknown = tell(&folder.0, &["publish", "no-such-book", "--tenant", "press"], 1);
    checks.hold("it is exported as EPUB, and imported from that", exported(&folder.0))?;
    checks.hold("a book that is not there is named", unknown.and_then(|words| has(&words, "no-such-book")))?;
    checks.hold("it is read", read(up.addr))?;
    checks.hold("SIGTERM stops it in order", up.stop())?;

    let again = Up::start(&folder.0, &[]);
    let same = again.as_ref().map_err(Clone::clone).and_then(|again| match again.addr == up.addr {
        true => read(again.addr),
        false => Err(format!("{} and not {}", again.addr, up.addr)),
    });
    checks.hold("it starts again with its address and its data", same)?;
    let Ok(mut again) = again else { return Ok(()) };
    let pids = children(again.child.id());
    let _ = again.child.kill();
    let _ = again.child.wait();
    checks.hold("its parts do not outlive it where it is killed", gone(&pids))
}

/// A file that is written, and is a book.
fn exported(dir: &Path) -> Result<(), String> {
    let file = dir.join("exported.epub");
    let name = file.to_string_lossy();
    tell(dir, &["export", BOOK.0, "--tenant", "press", "--epub", "-o", &name], 0)?;
    tell(dir, &["import", &name, "--tenant", "press"], 0)?;
    tell(dir, &["export", "no-such-book", "--tenant", "press", "--epub", "-o", &name], 1)
        .and_then(|words| has(&words, "there is no such book"))
}

impl Up {
    fn start(dir: &Path, arguments: &[&str]) -> Result<Self, String> {
        let mut child = authorworks()?
            .args(["up", "--json", "--data"])
            .arg(dir)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let words = child.stderr.take();
        // What it says is read to the end, so that it never waits for a reader.
        let words = std::thread::spawn(move || words.map(|w| std::io::read_to_string(w).unwrap_or_default()));
        let mut line = String::new();
        let begun = Instant::now();
        if let Some(out) = child.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        let addr = serde_json::from_str::<Value>(&line).ok().and_then(|told| {
            let url = told["edges"][0]["url"].as_str()?.to_owned();
            url.strip_prefix("http://")?.parse().ok()
        });
        match addr {
            Some(addr) if begun.elapsed() < START => Ok(Self { child, addr }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                let words = words.join().ok().flatten().unwrap_or_default();
                Err(format!("it said {line:?} after {:?}; {}", begun.elapsed(), words.trim()))
            }
        }
    }

    fn stop(&mut self) -> Verdict {
        let pids = children(self.child.id());
        signal("TERM", self.child.id())?;
        let until = Instant::now() + STOP;
        loop {
            match self.child.try_wait().map_err(|e| e.to_string())? {
                Some(status) if status.success() => return gone(&pids),
                Some(status) => return Err(format!("it ended with {status}")),
                None if Instant::now() > until => return Err(format!("it did not stop in {STOP:?}")),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

fn authorworks() -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
    command.current_dir(cache::checkout());
    Ok(command)
}

/// Runs the command on the data folder `dir`; what it says, where it ends with the code that is expected.
fn tell(dir: &Path, words: &[&str], code: i32) -> Result<String, String> {
    let output =
        authorworks()?.args(words).arg("--data").arg(dir).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if output.status.code() == Some(code) { Ok(said) } else { Err(format!("{}: {}", output.status, said.trim())) }
}

fn has(words: &str, part: &str) -> Verdict {
    if words.contains(part) { Ok(()) } else { Err(format!("it says: {}", words.trim())) }
}

/// The first half of a book.
fn broken(dir: &Path) -> Verdict {
    let book = cache::checkout().join("tests/books").join(format!("{}.epub", BOOK.0));
    let mut bytes = fs::read(book).map_err(|e| e.to_string())?;
    bytes.truncate(bytes.len() / 2);
    let half = dir.join("half.epub");
    fs::write(&half, bytes).map_err(|e| e.to_string())?;
    let words = tell(dir, &["import", &half.to_string_lossy(), "--tenant", "press"], 1)?;
    has(&words, "half.epub")?;
    if words.lines().filter(|line| line.starts_with("error: ")).count() != 1 {
        return Err(format!("more or less than one error: {words}"));
    }
    let none = tell(dir, &["publish", "half", "--tenant", "press"], 1)?;
    has(&none, "it has no books yet")
}

fn read(addr: SocketAddr) -> Verdict {
    let reply = stranger(addr).get(&format!("/books/{}/{}", BOOK.0, BOOK.1))?;
    match reply.status() {
        200 if reply.text().contains("Darcy") => Ok(()),
        status => Err(format!("{status}: {}", reply.text().chars().take(200).collect::<String>())),
    }
}

fn signal(name: &str, pid: u32) -> Verdict {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("kill: {status}")) }
}

/// The processes that `pid` started.
fn children(pid: u32) -> Vec<u32> {
    let parent = format!("PPid:\t{pid}");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|pid: &u32| status(*pid).lines().any(|line| line == parent)).collect()
}

/// What the kernel says of a process; empty where there is none, or one that has ended and nobody waited for.
fn status(pid: u32) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    if text.contains("State:\tZ") { String::new() } else { text }
}

fn gone(pids: &[u32]) -> Verdict {
    if pids.is_empty() {
        return Err("it had no parts".to_owned());
    }
    let until = Instant::now() + STOP;
    loop {
        let left: Vec<u32> = pids.iter().copied().filter(|pid| !status(*pid).is_empty()).collect();
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!("still there: {left:?}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
