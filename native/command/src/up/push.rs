//! The tick that has the origin deliver what is due.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use http::Method;
use serde_json::Value;

use crate::operator::Operator;

const TICK: Duration = Duration::from_secs(1);

/// Asks the origin each second to deliver, until it is dropped.
pub(crate) struct Pusher {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pusher {
    /// Starts asking. What keeps deliveries from arriving is told once on stderr, and once when it is over.
    pub(crate) fn start(operator: Operator) -> Self {
        let (stop, stopped) = channel();
        let work = move || {
            let mut trouble = None;
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let now = push(&operator);
                work(&operator);
                match (&trouble, &now) {
                    (None, Some(why)) => eprintln!("up: deliveries to the edges wait: {why}"),
                    (Some(_), None) => eprintln!("up: deliveries to the edges arrive again"),
                    _ => {}
                }
                trouble = now;
            }
        };
        // Where there is no thread, a publish still delivers by itself.
        let thread = std::thread::Builder::new().name("push".into()).spawn(work).ok();
        Self { stop: Some(stop), thread }
    }
}

impl Drop for Pusher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Has the origin do what else is due. What keeps it from that is in its own records, and is done a second later.
fn work(operator: &Operator) {
    let _ = operator.json(Method::POST, "/_aw/work/subscription", None, &Value::Null);
}

/// Has what is due delivered; what is in the way.
fn push(operator: &Operator) -> Option<String> {
    match operator.json(Method::POST, "/_aw/push", None, &Value::Null) {
        Ok(data) if data["failed"].as_u64().unwrap_or(0) > 0 => {
            Some(format!("{} failed and are tried again", data["failed"]))
        }
        Ok(_) => None,
        Err(failure) => Some(failure.to_string()),
    }
}
