//! The ticks that have the origin do what is due.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use http::Method;
use serde_json::Value;

use crate::operator::Operator;

const TICK: Duration = Duration::from_secs(1);

/// What the origin is asked for each second, and what of it is told where it fails. Each has a thread of its own: what
/// waits for one server does not wait for another.
const ROUTES: [(&str, &str); 7] = [
    ("/_aw/push", "deliveries to the edges"),
    ("/_aw/work/user", "mail"),
    ("/_aw/work/events", "programs that are told of events"),
    ("/_aw/work/content", "releases that are due"),
    ("/_aw/work/subscription", "payments"),
    ("/_aw/work/tenants", "deletions of tenants"),
    ("/_aw/work/storage", "what was left of uploads"),
];

/// Asks the origin each second to do what is due, until it is dropped.
pub(crate) struct Pusher {
    ticks: Vec<(Sender<()>, JoinHandle<()>)>,
}

impl Pusher {
    /// Starts asking. What keeps things from being done is told once on stderr, and once when it is over.
    pub(crate) fn start(operator: Operator) -> Self {
        // Where there is no thread, a publish still delivers by itself.
        Self { ticks: ROUTES.iter().filter_map(|(path, what)| tick(operator.clone(), path, what)).collect() }
    }
}

fn tick(operator: Operator, path: &'static str, what: &'static str) -> Option<(Sender<()>, JoinHandle<()>)> {
    let (stop, stopped) = channel();
    let work = move || {
        let mut trouble = None;
        while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            let now = ask(&operator, path);
            match (&trouble, &now) {
                (None, Some(why)) => eprintln!("up: {what}: waiting: {why}"),
                (Some(_), None) => eprintln!("up: {what}: going on again"),
                _ => {}
            }
            trouble = now;
        }
    };
    let thread = std::thread::Builder::new().name(path.into()).spawn(work).ok()?;
    Some((stop, thread))
}

impl Drop for Pusher {
    fn drop(&mut self) {
        // All are told before any is waited for.
        let threads: Vec<_> = self.ticks.drain(..).map(|(_, thread)| thread).collect();
        for thread in threads {
            let _ = thread.join();
        }
    }
}

/// Has what is due done; what is in the way.
fn ask(operator: &Operator, path: &str) -> Option<String> {
    match operator.json(Method::POST, path, None, &Value::Null) {
        Ok(data) if data["failed"].as_u64().unwrap_or(0) > 0 => {
            Some(format!("{} failed and are tried again", data["failed"]))
        }
        Ok(_) => None,
        Err(failure) => Some(failure.to_string()),
    }
}
