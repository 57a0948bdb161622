//! The worker for the origin's jobs of kind `pdf`: one at a time, leased over signed HTTP, for as long as it runs. What
//! typesets is a program of its own (`native/pdf`), which gets an EPUB and has none of the worker's secrets.

mod child;
mod job;
mod origin;
mod settings;

use std::{path::Path, thread, time::Duration};

use serde_json::json;

use job::Job;
use origin::Origin;
use settings::Settings;

/// How long there is nothing to do before the origin is asked again.
const REST: Duration = Duration::from_secs(1);
/// The longest wait after the origin could not be asked.
const LONGEST: Duration = Duration::from_secs(30);

/// Works until it is ended, as a file of settings says: JSON with `program`, `origin`, `masterKey`, and where it is
/// wished `authority`, `worker`, `leaseSeconds`, `forget` (the file goes when it has been read).
///
/// # Errors
/// The settings cannot be read.
pub fn run(file: &Path) -> Result<(), String> {
    let settings = Settings::read(file)?;
    let origin = Origin::new(&settings)?;
    eprintln!("typesetter: {} takes jobs from {}", settings.worker, settings.origin);
    let mut wait = REST;
    let mut trouble = false;
    loop {
        match next(&origin, &settings) {
            Ok(Some(job)) => {
                (wait, trouble) = (REST, false);
                job.run(&origin, &settings);
                continue;
            }
            Ok(None) => (wait, trouble) = (REST, false),
            Err(why) => {
                // Told once: an origin that is down for a night fills no disk.
                if !trouble {
                    eprintln!("typesetter: waiting for the origin: {why}");
                }
                trouble = true;
                wait = (wait * 2).min(LONGEST);
            }
        }
        thread::sleep(wait);
    }
}

/// A job, if there is one.
fn next(origin: &Origin, settings: &Settings) -> Result<Option<Job>, String> {
    let free = json!({ "worker": settings.worker, "kind": "pdf", "leaseSeconds": settings.lease_seconds });
    let data = origin.json("POST", "/_aw/work/jobs", &origin::Who::operator(""), &free).map_err(|e| e.why)?;
    serde_json::from_value(data["job"].clone()).map_err(|e| format!("the origin gave a job that is none: {e}"))
}
