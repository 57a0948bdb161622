//! What the origin has seen, for its other connections and for the cases.

use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Counts by name. Whoever waits for one is woken when it changes.
#[derive(Default)]
pub(crate) struct Ledger {
    counts: Mutex<HashMap<String, u64>>,
    changed: Condvar,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds `by` to the count called `name` and gives its new value.
    pub(crate) fn add(&self, name: &str, by: i64) -> u64 {
        let mut counts = self.lock();
        let count = counts.entry(name.to_owned()).or_default();
        *count = count.saturating_add_signed(by);
        let value = *count;
        self.changed.notify_all();
        value
    }

    /// The count called `name`.
    pub(crate) fn get(&self, name: &str) -> u64 {
        self.lock().get(name).copied().unwrap_or(0)
    }

    /// Waits until the count called `name` is at least `least`; whether it was, in time.
    pub(crate) fn reaches(&self, name: &str, least: u64, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut counts = self.lock();
        loop {
            if counts.get(name).copied().unwrap_or(0) >= least {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            counts = self.changed.wait_timeout(counts, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
