//! A book as a PDF: a job of the origin, which is waited for.

use std::{
    thread,
    time::{Duration, Instant},
};

use aw_runtimes::setup;
use http::Method;
use serde_json::{Value, json};

use super::Args;
use crate::{
    failure::Failure,
    operator::{Operator, escape},
};

/// How often the job is looked at, and how long nothing is said where nothing changes.
const TICK: Duration = Duration::from_millis(500);
const SILENCE: Duration = Duration::from_secs(10);
/// How long a worker may be away: the one of `up` starts within seconds once it is built.
const NOBODY: Duration = Duration::from_secs(60);

/// The PDF, made of the book as it is now.
///
/// # Errors
/// The typesetter cannot be built, the origin says no, or the book cannot be typeset.
pub(super) fn pdf(args: &Args, operator: &Operator) -> Result<Vec<u8>, Failure> {
    // Here where it runs: the `up` of this data folder takes it up.
    setup::TYPESETTER.get()?;
    let tenant = Some(args.tenant.as_str());
    let path = format!("/v1/books/{}/exports/pdf", escape(&args.book));
    let body = json!({ "trim": args.trim.name(), "cover": args.with_cover });
    let job = operator.json(Method::POST, &path, tenant, &body)?;
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap_or_default());
    let job = wait(operator, tenant, &path)?;
    for note in job["notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        eprintln!("export: {note}");
    }
    let link = operator.json(Method::GET, &format!("{path}/link"), tenant, &Value::Null)?;
    operator.fetch(link["url"].as_str().unwrap_or_default())
}

/// The job when it is done.
fn wait(operator: &Operator, tenant: Option<&str>, path: &str) -> Result<Value, Failure> {
    let (begun, mut said, mut last) = (Instant::now(), Instant::now(), String::new());
    loop {
        let job = operator.json(Method::GET, path, tenant, &Value::Null)?;
        let text = |name: &str| job[name].as_str().unwrap_or_default().to_owned();
        let now = match (text("state").as_str(), text("waitingFor").as_str()) {
            ("done", _) => return Ok(job),
            ("dead", _) => return Err(Failure::new(text("error"))),
            ("canceled", _) => return Err(Failure::new("the job was canceled".to_owned())),
            ("running", _) => job["progress"]["stage"].as_str().unwrap_or_default().to_owned(),
            (_, "worker") if begun.elapsed() > NOBODY => {
                let why =
                    "no typesetter takes the job: is it ended? Its output is in log/typesetter.log of the data folder";
                return Err(Failure::new(why.to_owned()));
            }
            (_, "worker") => "waiting for the typesetter to start".to_owned(),
            (_, "retry") => format!("waiting to try again: {}", text("error")),
            _ => "waiting for its turn".to_owned(),
        };
        if now != last || said.elapsed() >= SILENCE {
            eprintln!("export: {now} ({} s)", begun.elapsed().as_secs());
            (last, said) = (now, Instant::now());
        }
        thread::sleep(TICK);
    }
}
