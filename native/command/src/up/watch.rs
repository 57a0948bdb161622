//! When a part that ended is started again.

use std::time::{Duration, Instant};

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);
/// A part that ran for so long is taken to be well again.
const WELL: Duration = Duration::from_secs(60);

/// The history of one part.
#[derive(Debug)]
pub(super) struct Watch {
    failures: u32,
    started: Instant,
    retry: Option<Instant>,
}

impl Watch {
    /// A part that was just started.
    pub(super) fn new() -> Self {
        Self { failures: 0, started: Instant::now(), retry: None }
    }

    /// It ended, or could not be started: how long to wait. 1, 2, 4 … 30 s.
    pub(super) fn failed(&mut self) -> Duration {
        if self.retry.is_none() && self.started.elapsed() > WELL {
            self.failures = 0;
        }
        let wait = Duration::from_secs(1 << self.failures.min(5)).min(LONGEST);
        self.failures += 1;
        self.retry = Some(Instant::now() + wait);
        wait
    }

    /// Whether it is time to start it again.
    pub(super) fn due(&self) -> bool {
        self.retry.is_some_and(|at| at <= Instant::now())
    }

    /// Whether it ended, or could not be started, and is to be started again.
    pub(super) fn waits(&self) -> bool {
        self.retry.is_some()
    }

    /// It was started again.
    pub(super) fn started(&mut self) {
        self.retry = None;
        self.started = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let mut watch = Watch::new();
        assert!(!watch.due());
        let waits: Vec<u64> = (0..7).map(|_| watch.failed().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        watch.started();
        assert!(!watch.due());
        // It ended at once: that it was started is no sign of health.
        assert_eq!(watch.failed().as_secs(), 30);
    }
}
