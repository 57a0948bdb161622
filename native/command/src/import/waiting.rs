//! A word now and then while the origin reads.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

/// Says on stderr every five seconds that it still works on something, until it is dropped.
pub(super) struct Waiting(#[expect(dead_code, reason = "the other side sees it go")] Sender<()>);

impl Waiting {
    /// Starts with a first word.
    pub(super) fn start(what: String) -> Self {
        let (stop, stopped) = channel();
        let begun = Instant::now();
        eprintln!("import: {what}");
        let work = move || {
            while stopped.recv_timeout(Duration::from_secs(5)) == Err(RecvTimeoutError::Timeout) {
                eprintln!("import: {what}: {} s", begun.elapsed().as_secs());
            }
        };
        // Without a thread there are no words, and nothing else is missing.
        let _ = std::thread::Builder::new().spawn(work);
        Self(stop)
    }
}
