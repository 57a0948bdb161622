//! The cache: one fill per key at a time, purged by tag.

use std::{cell::RefCell, collections::HashMap, future::Future, rc::Rc};

use aw_platform::{Cache, CachePolicy, Error, Flights, Result, limits};
use bytes::Bytes;

use crate::time::Clock;

struct Entry {
    value: Bytes,
    expires: u64,
    tags: Vec<String>,
}

/// A cache that forgets nothing before its time.
pub struct MemoryCache {
    entries: RefCell<HashMap<String, Entry>>,
    flights: Flights,
    clock: Rc<Clock>,
}

impl MemoryCache {
    pub(crate) fn new(clock: Rc<Clock>) -> Self {
        Self { entries: RefCell::default(), flights: Flights::new(), clock }
    }

    fn fresh(&self, key: &str) -> Option<Bytes> {
        self.entries.borrow().get(key).filter(|e| e.expires > self.clock.now()).map(|e| e.value.clone())
    }

    fn keep(&self, key: &str, value: &Bytes, policy: CachePolicy) {
        if policy.ttl.is_zero() {
            return;
        }
        let ms = u64::try_from(policy.ttl.as_millis()).unwrap_or(u64::MAX);
        let expires = self.clock.now().saturating_add(ms);
        let entry = Entry { value: value.clone(), expires, tags: policy.tags };
        self.entries.borrow_mut().insert(key.to_owned(), entry);
    }
}

impl Cache for MemoryCache {
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        if !limits::key_ok(key) {
            return Err(Error::Limit("the key"));
        }
        if let Some(value) = self.fresh(key) {
            return Ok(value);
        }
        let fill = async || {
            let (value, policy) = fill().await?;
            self.keep(key, &value, policy);
            Ok(value)
        };
        self.flights.run(key, fill).await
    }

    async fn purge(&self, tags: &[&str]) -> Result<()> {
        self.entries.borrow_mut().retain(|_, entry| !entry.tags.iter().any(|tag| tags.contains(&tag.as_str())));
        Ok(())
    }
}
