//! The worker that typesets books, where it is built: `up` waits for nobody to build it, and takes it up when somebody
//! has.

use std::{
    fs::File,
    io::Write,
    os::unix::{fs::OpenOptionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aw_runtimes::{Tether, setup};
use serde_json::json;

use super::watch::Watch;
use crate::{
    data::{Data, Secrets, at},
    failure::Failure,
};

/// How often it is looked for while it is not there.
const LOOK: Duration = Duration::from_secs(3);

/// The worker, if there is one.
pub(crate) struct Typesetter {
    settings: PathBuf,
    said: serde_json::Value,
    log: PathBuf,
    /// With what keeps it from outliving this process.
    child: Option<(Child, Tether)>,
    watch: Watch,
    looked: Option<Instant>,
}

impl Typesetter {
    /// The one of an origin; it is started as soon as it is looked for and there.
    pub(crate) fn new(data: &Data, secrets: &Secrets, origin: &str) -> Self {
        let settings = data.path("typesetter.json");
        let said = json!({ "origin": origin, "masterKey": secrets.master_key, "leaseSeconds": 30, "forget": true });
        let log = data.log("typesetter");
        Self { settings, said, log, child: None, watch: Watch::new(), looked: None }
    }

    /// Whether it runs.
    pub(super) fn runs(&self) -> bool {
        self.child.is_some()
    }

    /// Starts it where it is there and does not run; what there is to say of it.
    pub(crate) fn tend(&mut self) -> Option<String> {
        if let Some((child, _)) = &mut self.child {
            let status = child.try_wait().ok().flatten()?;
            self.child = None;
            let wait = self.watch.failed().as_secs();
            let log = self.log.display();
            return Some(format!(
                "the typesetter ended with {status}; starting it again in {wait} s; its output is in {log}"
            ));
        }
        let again = self.watch.waits();
        if (again && !self.watch.due()) || (!again && self.looked.is_some_and(|at| at.elapsed() < LOOK)) {
            return None;
        }
        let first = self.looked.replace(Instant::now()).is_none();
        let program = setup::TYPESETTER.ready()?;
        match self.start(&program) {
            Ok(child) => {
                self.child = Some(child);
                self.watch.started();
                (!first).then(|| "the typesetter runs: PDFs are made".to_owned())
            }
            Err(e) => {
                let wait = self.watch.failed().as_secs();
                Some(format!("the typesetter: {e}; the next attempt is in {wait} s"))
            }
        }
    }

    fn start(&self, program: &Path) -> Result<(Child, Tether), Failure> {
        let log = File::options().create(true).append(true).open(&self.log).map_err(at(&self.log))?;
        let mut said = self.said.clone();
        said["program"] = json!(program);
        write(&self.settings, said.to_string().as_bytes())?;
        let own = std::env::current_exe().map_err(at(Path::new("authorworks")))?;
        let mut child = Command::new(&own)
            .args(["work", "--settings"])
            .arg(&self.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // Ctrl-C in a terminal is this process's to hear.
            .process_group(0)
            .spawn()
            .map_err(at(&own))?;
        match Tether::new(&child, "TERM") {
            Ok(tether) => Ok((child, tether)),
            Err(e) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(e.into())
            }
        }
    }
}

impl Drop for Typesetter {
    /// What it was at waits for the next one.
    fn drop(&mut self) {
        if let Some((mut child, tether)) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
            drop(tether);
        }
        let _ = std::fs::remove_file(&self.settings);
    }
}

/// Writes a file that only its owner can read.
fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let _ = std::fs::remove_file(path);
    let mut file = File::options().create_new(true).write(true).mode(0o600).open(path).map_err(at(path))?;
    file.write_all(content).map_err(at(path))
}
