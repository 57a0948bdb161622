//! The key-value store, with the portable limits enforced.

use std::{sync::Arc, time::Duration};

use aw_platform::{Body, Error, KeyPage, Kv, Result, limits};
use bytes::Bytes;

use crate::{
    body::NativeBody,
    store::{Entry, NEVER, Store, now},
};

/// The most keys on a page.
const PAGE: u32 = 1000;

/// A store, shared by all threads and strongly consistent, which the portable contract does not promise.
#[derive(Clone)]
pub struct NativeKv(Arc<Store>);

impl NativeKv {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self(store)
    }
}

fn check(key: &str) -> Result<()> {
    if limits::key_ok(key) { Ok(()) } else { Err(Error::Limit("the key")) }
}

impl Kv for NativeKv {
    const STALE: Duration = Duration::ZERO;
    type Body = NativeBody;

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        check(key)?;
        self.0.get(key)
    }

    async fn open(&self, key: &str) -> Result<Option<Body<NativeBody>>> {
        Ok(self.get(key).await?.map(|value| Body::Native(NativeBody::stored(value))))
    }

    /// When this returns, the value is on disk, where the store is.
    async fn put(&self, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<()> {
        check(key)?;
        if value.len() > limits::KV_VALUE {
            return Err(Error::Limit("the value"));
        }
        if ttl.is_some_and(|ttl| ttl < Duration::from_secs(60) || ttl.subsec_nanos() != 0) {
            return Err(Error::Limit("the time to live (whole seconds, at least 60)"));
        }
        // A body's piece holds on to all that was read with it, which may be a hundred times as much.
        let value = Bytes::copy_from_slice(&value);
        let expires = ttl.map_or(NEVER, |ttl| now().saturating_add(ttl.as_secs().saturating_mul(1000)));
        self.0.put(key, Some(Entry { value, expires })).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        check(key)?;
        self.0.put(key, None).await
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage> {
        self.0.list(prefix, cursor, limit.clamp(1, PAGE) as usize)
    }
}
