//! The cache: in memory, for all threads, bounded in bytes.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aw_platform::{Cache, CachePolicy, Error, Result, limits};
use bytes::Bytes;
use parking_lot::Mutex;
use quick_cache::{Weighter, sync::Cache as Lru};
use tokio::sync::watch;

use crate::store::now;

#[derive(Clone)]
struct Kept {
    value: Bytes,
    expires: u64,
    tags: Arc<[String]>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<String, Kept> for Weight {
    fn weight(&self, key: &String, kept: &Kept) -> u64 {
        let tags: usize = kept.tags.iter().map(|tag| tag.len() + 32).sum();
        (key.len() + kept.value.len() + tags + 128) as u64
    }
}

/// The process's cache.
pub struct NativeCache {
    kept: Lru<String, Kept, Weight>,
    /// Fills under way. The sender is the leader's; when it goes without a value, the leader has given up.
    flights: Mutex<HashMap<String, watch::Receiver<Option<Bytes>>>>,
    purges: AtomicU64,
}

impl NativeCache {
    pub(crate) fn new(bytes: u64) -> Self {
        Self { kept: Lru::with_weighter(4096, bytes, Weight), flights: Mutex::default(), purges: AtomicU64::new(0) }
    }

    fn fresh(&self, key: &str) -> Option<Bytes> {
        self.kept.get(key).filter(|kept| kept.expires > now()).map(|kept| kept.value)
    }

    /// Joins the fill under way, or becomes its leader.
    fn board(&self, key: &str) -> Result<Leader<'_>, watch::Receiver<Option<Bytes>>> {
        let mut flights = self.flights.lock();
        if let Some(flight) = flights.get(key) {
            return Err(flight.clone());
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key.to_owned(), receiver);
        Ok(Leader { cache: self, key: key.to_owned(), sender })
    }
}

/// Ends the flight on every path out of the leader, a cancelled one included.
struct Leader<'a> {
    cache: &'a NativeCache,
    key: String,
    sender: watch::Sender<Option<Bytes>>,
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.cache.flights.lock().remove(&self.key);
    }
}

impl Leader<'_> {
    async fn fill<F>(self, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        let purges = self.cache.purges.load(Ordering::SeqCst);
        let (value, policy) = fill().await?;
        let ttl = u64::try_from(policy.ttl.as_millis()).unwrap_or(u64::MAX);
        if ttl > 0 {
            let kept = Kept { value: value.clone(), expires: now().saturating_add(ttl), tags: policy.tags.into() };
            self.cache.kept.insert(self.key.clone(), kept);
            // What was purged while it was made may be what was purged: it is given and not kept.
            if self.cache.purges.load(Ordering::SeqCst) != purges {
                self.cache.kept.remove(&self.key);
            }
        }
        self.sender.send_replace(Some(value.clone()));
        Ok(value)
    }
}

impl Cache for NativeCache {
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        if !limits::key_ok(key) {
            return Err(Error::Limit("the key"));
        }
        loop {
            if let Some(value) = self.fresh(key) {
                return Ok(value);
            }
            match self.board(key) {
                // Another leader may have landed between the look and the boarding.
                Ok(leader) => match self.fresh(key) {
                    Some(value) => return Ok(value),
                    None => return leader.fill(fill).await,
                },
                Err(mut flight) => {
                    if let Ok(value) = flight.wait_for(Option::is_some).await
                        && let Some(value) = value.clone()
                    {
                        return Ok(value);
                    }
                }
            }
        }
    }

    async fn purge(&self, tags: &[&str]) -> Result<()> {
        self.purges.fetch_add(1, Ordering::SeqCst);
        self.kept.retain(|_, kept| !kept.tags.iter().any(|tag| tags.contains(&tag.as_str())));
        Ok(())
    }
}
