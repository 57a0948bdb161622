//! A key-value store that is near every reader and in no hurry.

use std::time::Duration;

use bytes::Bytes;

use crate::{Body, NativeBody, Result};

/// The name of a store in the manifest (`authorworks.toml`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoreId(pub &'static str);

/// One page of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys, in byte order where the platform has one.
    pub keys: Vec<String>,
    /// What to pass on to get the next page; `None` on the last.
    pub cursor: Option<String>,
}

/// The portable floor: keys of 1 to [`MAX_KEY`](crate::limits::KV_KEY) bytes, values up to
/// [`KV_VALUE`](crate::limits::KV_VALUE), eventually consistent, no read-after-write, no compare-and-swap.
/// A counter or a session belongs to the origin, not here.
pub trait Kv {
    /// How old a value may be that [`get`](Self::get) gives although a newer one was put elsewhere. Who keeps what it
    /// got for no longer than that is no staler than the store.
    const STALE: Duration;

    /// The body type of the platform, for [`open`](Self::open).
    type Body: NativeBody;

    /// The value under `key`, in memory.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) for a key out of bounds; the store cannot be reached.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// The value under `key`, unopened: answered as it is, it need not enter guest memory.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    async fn open(&self, key: &str) -> Result<Option<Body<Self::Body>>>;

    /// Stores `value`. With a `ttl` (whole seconds, at least 60) it is forgotten after it; only where the platform
    /// has [`KV_TTL`](crate::Caps::KV_TTL).
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) for a key or value out of bounds,
    /// [`Error::Unsupported`](crate::Error::Unsupported) for a `ttl` where there is none; the store cannot be reached.
    async fn put(&self, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<()>;

    /// Forgets `key`; one that is not there is no error.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    async fn delete(&self, key: &str) -> Result<()>;

    /// A page of at most `limit` keys that begin with `prefix`.
    ///
    /// # Errors
    /// The store cannot be reached; a cursor that this store did not give.
    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage>;
}
