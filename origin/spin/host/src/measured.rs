//! What instances of a component have cost: told in the log when the host stops, for `authorworks bench`.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use wasmtime::{ResourceLimiter, Result, StoreLimits};

/// So many of a component's latest instances are remembered.
const KEPT: usize = 10_000;

/// An instance's limits, and how much of them it has had.
pub struct Limits {
    limits: StoreLimits,
    memory: usize,
}

impl Limits {
    /// With these limits.
    pub fn new(limits: StoreLimits) -> Self {
        Self { limits, memory: 0 }
    }

    /// The bytes of linear memory that the instance has: they never become fewer.
    pub fn memory(&self) -> usize {
        self.memory
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let may = self.limits.memory_growing(current, desired, maximum)?;
        if may {
            self.memory += desired.saturating_sub(current);
        }
        Ok(may)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        self.limits.table_growing(current, desired, maximum)
    }
}

/// What the instances of one component have cost.
#[derive(Default)]
pub struct Measured(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    load: Duration,
    instances: usize,
    starts: Vec<Duration>,
    memory: usize,
}

impl Measured {
    /// Of a component that took so long to be loaded: read, and compiled where the cache had not its code.
    pub fn new(load: Duration) -> Self {
        Self(Mutex::new(Inner { load, ..Inner::default() }))
    }

    /// An instance was there after so long.
    pub fn started(&self, after: Duration) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = inner.instances % KEPT;
        inner.instances += 1;
        match inner.starts.get_mut(place) {
            Some(start) => *start = after,
            None => inner.starts.push(after),
        }
    }

    /// An instance has ended that had so many bytes of memory.
    pub fn ended(&self, memory: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.memory = inner.memory.max(memory);
    }

    /// One line of JSON; `None` where there was no instance.
    pub fn told(&self, component: &str) -> Option<String> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.starts.sort_unstable();
        let median = inner.starts.get(inner.starts.len() / 2)?.as_secs_f64() * 1e3;
        let (load, count, memory) = (inner.load.as_secs_f64() * 1e3, inner.instances, inner.memory);
        Some(format!(
            "{{\"event\":\"instances\",\"component\":\"{component}\",\"count\":{count},\"loadMs\":{load:.3},\
             \"startMs\":{median:.4},\"memoryBytes\":{memory}}}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_most_are_told() {
        let measured = Measured::new(Duration::from_millis(2));
        assert_eq!(measured.told("a"), None);
        for n in [5, 1, 3] {
            measured.started(Duration::from_millis(n));
            measured.ended(n as usize * 10);
        }
        let expected = "{\"event\":\"instances\",\"component\":\"a\",\"count\":3,\"loadMs\":2.000,\
            \"startMs\":3.0000,\"memoryBytes\":50}";
        assert_eq!(measured.told("a").as_deref(), Some(expected));
    }

    #[test]
    fn memory_that_was_refused_is_not_counted() {
        let mut limits = Limits::new(wasmtime::StoreLimitsBuilder::new().memory_size(100).build());
        assert!(limits.memory_growing(0, 60, None).is_ok_and(|may| may));
        assert!(limits.memory_growing(60, 100, None).is_ok_and(|may| may));
        assert!(limits.memory_growing(100, 101, None).is_ok_and(|may| !may));
        assert_eq!(limits.memory(), 100);
    }
}
