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

/// Has what is due delivered; what is in the way.
fn push(operator: &Operator) -> Option<String> {
    // What is due comes before what is to be delivered: it is delivered at once.
    if let Err(failure) = operator.json(Method::POST, "/_aw/work/content", None, &Value::Null) {
        return Some(failure.to_string());
    }
    match operator.json(Method::POST, "/_aw/push", None, &Value::Null) {
        Ok(data) if data["failed"].as_u64().unwrap_or(0) > 0 => {
            Some(format!("{} failed and are tried again", data["failed"]))
        }
        Ok(_) => None,
        Err(failure) => Some(failure.to_string()),
    }
}
