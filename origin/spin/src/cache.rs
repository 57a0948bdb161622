//! A cache for one request: Spin has none, and instances share no memory.

use std::{cell::RefCell, collections::HashMap, future::Future, time::Duration};

use aw_platform::{Cache, CachePolicy, Error, Flights, Result, limits};
use bytes::Bytes;
use wasi::clocks::monotonic_clock;

/// Remembers for the rest of the request. Every request begins with an empty one.
#[derive(Default)]
pub struct SpinCache {
    kept: RefCell<HashMap<String, Kept>>,
    flights: Flights,
}

struct Kept {
    value: Bytes,
    /// Nanoseconds of the monotonic clock.
    until: u64,
}

impl SpinCache {
    fn hit(&self, key: &str) -> Option<Bytes> {
        let kept = self.kept.borrow();
        let kept = kept.get(key)?;
        (monotonic_clock::now() < kept.until).then(|| kept.value.clone())
    }

    fn keep(&self, key: &str, value: &Bytes, ttl: Duration) {
        if ttl.is_zero() {
            return;
        }
        let ttl = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
        let until = monotonic_clock::now().saturating_add(ttl);
        self.kept.borrow_mut().insert(key.to_owned(), Kept { value: value.clone(), until });
    }
}

impl Cache for SpinCache {
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        if !limits::key_ok(key) {
            return Err(Error::Limit("the key"));
        }
        if let Some(value) = self.hit(key) {
            return Ok(value);
        }
        let fill = || async {
            let (value, policy) = fill().await?;
            self.keep(key, &value, policy.ttl);
            Ok(value)
        };
        self.flights.run(key, fill).await
    }

    async fn purge(&self, _: &[&str]) -> Result<()> {
        Err(Error::Unsupported("purging a cache by tags"))
    }
}
