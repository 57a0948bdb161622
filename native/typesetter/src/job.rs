//! One job, from its lease to its end.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    child::{self, End},
    origin::{Origin, Refused, Who},
    settings::Settings,
};

/// Steps of a job.
const STEPS: u32 = 3;
/// How long the object store's file may take to be checked.
const CHECKING: Duration = Duration::from_secs(120);

/// A job that was leased.
#[derive(Deserialize)]
pub(super) struct Job {
    tenant: String,
    id: String,
    lease: String,
    input: Value,
    owner: String,
    file: Option<String>,
}

/// Why it came to nothing.
enum Failure {
    /// It is another's, or was canceled: there is nothing to say to anybody.
    Lost,
    /// In words, and whether another attempt could come to something.
    Failed(String, bool),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let passes = refused.passes();
        Self::Failed(refused.why, passes)
    }
}

/// A job's way to the origin.
struct Desk<'a> {
    job: &'a Job,
    origin: &'a Origin,
    settings: &'a Settings,
    /// When the origin last heard of it, and what: stage and step.
    heard: Instant,
    at: (&'static str, u32),
    /// What is being made.
    file: Option<String>,
}

impl Job {
    /// Does it, and says what came of it.
    pub(super) fn run(&self, origin: &Origin, settings: &Settings) {
        let begun = Instant::now();
        let mut desk = Desk { job: self, origin, settings, heard: begun, at: ("", 0), file: None };
        let name = format!("job {} of {}", self.id, self.tenant);
        match desk.work() {
            Ok(bytes) => eprintln!("typesetter: {name}: {bytes} bytes in {:.1} s", begun.elapsed().as_secs_f64()),
            Err(failure) => {
                desk.discard();
                match failure {
                    Failure::Lost => eprintln!("typesetter: {name}: not wanted any more"),
                    Failure::Failed(why, retry) => {
                        eprintln!("typesetter: {name}: {why}");
                        let _ = desk.tell("fail", json!({ "reason": why, "retry": retry }));
                    }
                }
            }
        }
    }
}

impl Desk<'_> {
    /// All steps; how long the PDF is, in bytes.
    fn work(&mut self) -> Result<usize, Failure> {
        let (origin, job) = (self.origin, self.job);
        let tenant = job.tenant.as_str();
        self.begin("reading", 0)?;
        if let Some(file) = &job.file {
            // Of an attempt that did not come to its end.
            self.delete(file);
        }
        let text = |name: &str| job.input[name].as_str().unwrap_or_default();
        let book = text("book");
        if book.is_empty() || !book.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Failure::Failed("the job names no book".to_owned(), false));
        }
        let path = format!("/v1/books/{book}/exports/epub");
        let (_, epub) = origin.ask(("GET", &path), &Who::operator(tenant), &[], Vec::new())?;
        self.begin("typesetting", 1)?;
        let mut arguments = vec!["--trim", text("trim")];
        if job.input["cover"] == true {
            arguments.push("--cover");
        }
        let end = child::typeset(&self.settings.program, &epub, &arguments, || self.still_ours());
        let (pdf, notes) =
            match end.map_err(|e| Failure::Failed(format!("the typesetter does not start: {e}"), true))? {
                End::Pdf(pdf, notes) => (pdf, notes),
                End::Refused(why) => return Err(Failure::Failed(why, false)),
                End::Unwanted => return Err(Failure::Lost),
            };
        self.begin("storing", 2)?;
        let name = format!("{}.pdf", if text("slug").is_empty() { book } else { text("slug") });
        let file = self.store(&name, &pdf)?;
        self.tell("complete", json!({ "file": file, "notes": notes }))?;
        Ok(pdf.len())
    }

    /// Says what is done now.
    fn begin(&mut self, stage: &'static str, done: u32) -> Result<(), Failure> {
        self.at = (stage, done);
        self.word()
    }

    /// Says how far it is, which keeps the job.
    fn word(&mut self) -> Result<(), Failure> {
        let (stage, done) = self.at;
        let word = json!({
            "worker": self.settings.worker, "leaseSeconds": self.settings.lease_seconds,
            "stage": stage, "done": done, "total": STEPS, "file": self.file,
        });
        self.tell("progress", word)?;
        self.heard = Instant::now();
        Ok(())
    }

    /// Whether the job is still this worker's: asked once in a third of the lease. An origin that is away for a moment
    /// takes nothing from it.
    fn still_ours(&mut self) -> bool {
        if self.heard.elapsed() < Duration::from_secs(self.settings.lease_seconds) / 3 {
            return true;
        }
        match self.word() {
            Err(Failure::Lost) => false,
            Ok(()) => true,
            Err(Failure::Failed(..)) => {
                thread::sleep(Duration::from_millis(500));
                true
            }
        }
    }

    fn tell(&self, what: &str, mut body: Value) -> Result<Value, Failure> {
        body["lease"] = json!(self.job.lease);
        let path = format!("/_aw/work/jobs/{}/{what}", self.job.id);
        let said = self.origin.json("POST", &path, &Who::operator(&self.job.tenant), &body);
        said.map_err(|refused| if matches!(refused.status, 404 | 409) { Failure::Lost } else { refused.into() })
    }

    /// Makes the PDF a file of whoever asked; its id.
    fn store(&mut self, name: &str, pdf: &[u8]) -> Result<String, Failure> {
        let (origin, job) = (self.origin, self.job);
        let who = Who::user(&job.tenant, &job.owner);
        let new = json!({
            "name": name, "size": pdf.len(), "mediaType": "application/pdf", "visibility": "private",
            "sha256": aw_trust::digest::sha256_hex(pdf),
        });
        let mut begun = origin.json("POST", "/v1/files", &who, &new)?;
        let broken = || Failure::Failed("the origin announced a file that is none".to_owned(), true);
        let id = begun["file"]["id"].as_str().ok_or_else(broken)?.to_owned();
        self.file = Some(id.clone());
        // Whoever follows deletes it.
        self.word()?;
        let mut upload = begun["upload"].take();
        loop {
            let part = upload["partSize"].as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
            let part = part.ok_or_else(broken)?;
            for request in upload["requests"].as_array().into_iter().flatten() {
                let number = request["number"].as_u64().unwrap_or(1).max(1) as usize;
                let bytes = pdf.chunks(part).nth(number - 1).ok_or_else(broken)?;
                origin.put(request, bytes)?;
                if !self.still_ours() {
                    return Err(Failure::Lost);
                }
            }
            let Some(after) = upload["nextAfter"].as_u64() else { break };
            upload = origin.json("GET", &format!("/v1/files/{id}/upload?after={after}"), &who, &Value::Null)?;
        }
        let begun = Instant::now();
        loop {
            let (status, _) = origin.json_with("POST", &format!("/v1/files/{id}/complete"), &who, &Value::Null)?;
            if status == 200 {
                return Ok(id);
            }
            if begun.elapsed() > CHECKING {
                return Err(Failure::Failed("the object store's file is not checked in time".to_owned(), true));
            }
            if !self.still_ours() {
                return Err(Failure::Lost);
            }
            thread::sleep(Duration::from_secs(1));
        }
    }

    /// Deletes what was begun and is nobody's result.
    fn discard(&mut self) {
        if let Some(file) = self.file.take() {
            self.delete(&file);
        }
    }

    fn delete(&self, file: &str) {
        let who = Who::user(&self.job.tenant, &self.job.owner);
        // One that is gone already, or stays, keeps nobody from working: it is in its owner's list of files.
        let _ = self.origin.json("DELETE", &format!("/v1/files/{file}"), &who, &Value::Null);
    }
}
