//! Children that do not outlive us, even where we are killed without a chance to stop them.
//!
//! A small shell waits on a pipe whose other end only this process has. The kernel closes that end whichever way this
//! process goes, the shell reads the end of the file and signals the child. Unlike Linux's parent-death signal this
//! needs no code between fork and exec, survives a change of user, and works on every Unix.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

use crate::{Error, Result};

/// `$1`: the signal, `$2`: the process. The group goes with its leader; a child that is no leader goes alone. What
/// ignores the signal is killed after 10 s.
const SCRIPT: &str = r#"
read -r _
send() { kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null; }
send "$1" "$2" || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -s 0 "$2" 2>/dev/null || exit 0; done
send KILL "$2"
"#;

/// Ties a process to this one. Dropping it unties them: stop the process first.
#[derive(Debug)]
pub struct Tether(Child);

impl Tether {
    /// Sees to it that `child` gets `signal` (`TERM`, `INT`, ...) when this process is gone, and its process group
    /// with it where it leads one ([`CommandExt::process_group`] 0).
    ///
    /// # Errors
    /// There is no `sh`.
    pub fn new(child: &Child, signal: &str) -> Result<Self> {
        Command::new("sh")
            .args(["-c", SCRIPT, "tether", signal, &child.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // Ctrl-C in a terminal goes to the foreground's whole group; this is not for us to hear.
            .process_group(0)
            .spawn()
            .map(Self)
            .map_err(|e| Error(format!("cannot run sh: {e}")))
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        // Before the pipe is closed, so that nothing is signalled.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader},
        time::{Duration, Instant},
    };

    use super::*;

    const CHILD: &str = "AUTHORWORKS_TETHER_TEST";

    /// Does nothing unless the test below runs this program a second time to have it killed.
    #[test]
    fn the_one_that_is_killed() {
        if std::env::var_os(CHILD).is_some() {
            let mut child = Command::new("sh").args(["-c", "sleep 600 & wait"]).process_group(0).spawn().unwrap();
            let _tether = Tether::new(&child, "TERM").unwrap();
            println!("\nchild {}", child.id());
            child.wait().unwrap();
        }
    }

    #[test]
    fn a_child_ends_when_its_parent_is_killed() {
        let mut parent = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tether::tests::the_one_that_is_killed", "--nocapture"])
            .env(CHILD, "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
        let pid = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("child ").map(str::to_owned)).unwrap();
        let alive = || Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().unwrap().success();
        assert!(alive());
        parent.kill().unwrap();
        parent.wait().unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while alive() {
            assert!(Instant::now() < until, "the child outlived its parent");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn untying_harms_nobody() {
        let mut child = Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
        drop(Tether::new(&child, "KILL").unwrap());
        std::thread::sleep(Duration::from_millis(200));
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
