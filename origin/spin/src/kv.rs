//! Key-value stores.

use std::time::Duration;

use aw_platform::{Body, Error, KeyPage, Kv, Result, StoreId, limits};
use bytes::Bytes;

use crate::{
    SpinBody,
    sdk::{KeyValueError, Store},
};

/// A key-value store of Spin's, by its label. Values have no time to live.
pub struct SpinKv {
    store: Store,
    id: StoreId,
}

impl SpinKv {
    pub(crate) fn open_store(id: StoreId) -> Result<Self> {
        let store = Store::open(id.0).map_err(|error| failed(id, error))?;
        Ok(Self { store, id })
    }

    fn key(&self, key: &str) -> Result<&Store> {
        if limits::key_ok(key) { Ok(&self.store) } else { Err(Error::Limit("the key")) }
    }
}

fn failed(id: StoreId, error: KeyValueError) -> Error {
    match error {
        KeyValueError::NoSuchStore | KeyValueError::AccessDenied => {
            Error::Missing(format!("the key-value store {}", id.0).into())
        }
        KeyValueError::StoreTableFull => Error::Limit("the number of open key-value stores"),
        KeyValueError::Other(why) => Error::upstream(format!("the key-value store {}: {why}", id.0)),
    }
}

impl Kv for SpinKv {
    const STALE: Duration = Duration::ZERO;
    type Body = SpinBody;

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let value = self.key(key)?.get(key).map_err(|error| failed(self.id, error))?;
        Ok(value.map(Bytes::from))
    }

    async fn open(&self, key: &str) -> Result<Option<Body<SpinBody>>> {
        Ok(self.get(key).await?.map(Body::from))
    }

    async fn put(&self, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<()> {
        let store = self.key(key)?;
        if value.len() > limits::KV_VALUE {
            return Err(Error::Limit("the value"));
        }
        if ttl.is_some() {
            return Err(Error::Unsupported("a time to live in key-value stores"));
        }
        store.set(key, &value).map_err(|error| failed(self.id, error))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.key(key)?.delete(key).map_err(|error| failed(self.id, error))
    }

    /// Reads all keys of the store: Spin has no other way. The cursor is the last key of the page before.
    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage> {
        let mut keys = self.store.get_keys().map_err(|error| failed(self.id, error))?;
        keys.retain(|key| key.starts_with(prefix) && cursor.is_none_or(|last| key.as_str() > last));
        keys.sort_unstable();
        let limit = limit.max(1) as usize;
        let more = keys.len() > limit;
        keys.truncate(limit);
        let cursor = keys.last().filter(|_| more).cloned();
        Ok(KeyPage { keys, cursor })
    }
}
