//! A circuit breaker: an origin that fails is not asked for a while (Nygard, *Release It!*, "Circuit Breaker").

use std::cell::Cell;

/// So many failures in a row open it.
const FAILURES: u32 = 5;
/// For so long, in milliseconds.
pub(crate) const OPEN: u64 = 5_000;

/// Closed: everything passes. Open, after five failures in a row: nothing does, for 5 s. Then half open: one passes,
/// and what becomes of it decides.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: Cell<u32>,
    retry_at: Cell<u64>,
    probing: Cell<bool>,
}

/// Leave to ask once. Dropped without a verdict (the reader went away), it says nothing.
#[derive(Debug)]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

impl Breaker {
    /// Leave to ask at `now` (milliseconds since 1970), or `None`.
    pub fn admit(&self, now: u64) -> Option<Permit<'_>> {
        if self.failures.get() < FAILURES {
            return Some(Permit { breaker: self, probe: false });
        }
        if now < self.retry_at.get() || self.probing.get() {
            return None;
        }
        self.probing.set(true);
        Some(Permit { breaker: self, probe: true })
    }
}

impl Permit<'_> {
    /// It answered.
    pub fn succeeded(self) {
        self.breaker.failures.set(0);
    }

    /// It did not, at `now`.
    pub fn failed(self, now: u64) {
        self.breaker.failures.set(self.breaker.failures.get().saturating_add(1));
        self.breaker.retry_at.set(now.saturating_add(OPEN));
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.probing.set(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32, now: u64) {
        for _ in 0..times {
            breaker.admit(now).expect("leave to ask").failed(now);
        }
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_one_success_between_does_not() {
        let breaker = Breaker::default();
        fail(&breaker, 4, 0);
        breaker.admit(0).unwrap().succeeded();
        fail(&breaker, 5, 0);
        assert!(breaker.admit(4_999).is_none());
    }

    #[test]
    fn half_open_it_lets_one_probe_through_whose_end_decides() {
        let breaker = Breaker::default();
        fail(&breaker, 5, 0);
        let probe = breaker.admit(5_000).unwrap();
        assert!(breaker.admit(5_000).is_none(), "one probe at a time");
        probe.failed(5_000);
        assert!(breaker.admit(9_999).is_none(), "open again");
        breaker.admit(10_000).unwrap().succeeded();
        let (_a, _b) = (breaker.admit(10_000).unwrap(), breaker.admit(10_000).unwrap());
    }

    #[test]
    fn a_probe_that_was_cancelled_makes_room_for_the_next() {
        let breaker = Breaker::default();
        fail(&breaker, 5, 0);
        drop(breaker.admit(5_000).unwrap());
        assert!(breaker.admit(5_000).is_some());
    }
}
