//! The Cache API of the data centre, with fills collapsed inside the instance.

use std::{cell::OnceCell, future::Future};

use aw_platform::{Cache, CachePolicy, Error, Flights, Result, limits};
use bytes::Bytes;

use crate::{abi, op::Op};

/// `caches.default`. It has neither tags nor request collapsing of its own; requests that meet in one instance share
/// one fill. On a `workers.dev` host it keeps nothing, which makes every look a miss.
#[derive(Clone)]
pub struct WorkerCache(Flights);

thread_local! {
    static FLIGHTS: OnceCell<Flights> = const { OnceCell::new() };
}

impl WorkerCache {
    pub(crate) fn new() -> Self {
        Self(FLIGHTS.with(|flights| flights.get_or_init(Flights::new).clone()))
    }
}

/// A fill trapped: those who wait for any fill make it themselves.
pub(crate) fn abandon() {
    FLIGHTS.with(|flights| flights.get().map(Flights::abandon));
}

/// The value where the cache has it. A cache that fails is a miss.
async fn look(key: &str) -> Option<Bytes> {
    Op::start(|op| abi::cache_get(op, key)).found().await.ok().flatten().map(|reply| reply.bytes)
}

impl Cache for WorkerCache {
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        if !limits::key_ok(key) {
            return Err(Error::Limit("cache key"));
        }
        let fly = async || {
            if let Some(value) = look(key).await {
                return Ok(value);
            }
            let (value, policy) = fill().await?;
            let ttl = policy.ttl.as_secs();
            if ttl > 0 {
                // Inside the flight: who comes after it finds the value, and nobody fills twice.
                let _ = Op::start(|op| abi::cache_put(op, key, &value, ttl as f64)).found().await;
            }
            Ok(value)
        };
        self.0.run(key, fly).await
    }

    async fn purge(&self, _: &[&str]) -> Result<()> {
        Err(Error::Unsupported("purging the cache by tag"))
    }
}
