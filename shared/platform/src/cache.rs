//! A cache of bytes near the reader, filled at most once per key at a time.

use std::{future::Future, time::Duration};

use bytes::Bytes;

use crate::Result;

/// How long a cached value lives, and what names it for purging.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CachePolicy {
    /// How long the value is fresh. Zero: it is given to those who wait now and not kept.
    pub ttl: Duration,
    /// Names under which [`Cache::purge`] finds it.
    pub tags: Vec<String>,
}

/// The platform's cache: per data centre, may forget at any time.
pub trait Cache {
    /// The value under `key`; where it is missing, what `fill` makes, kept as its policy says.
    ///
    /// Concurrent misses run one fill where the platform has
    /// [`CACHE_COLLAPSE`](crate::Caps::CACHE_COLLAPSE); one that fails or is cancelled fails nobody else: the
    /// next in line fills. Keys: at most 256 bytes.
    ///
    /// # Errors
    /// What `fill` returned. An error is not cached. A cache that fails is a miss, never an error.
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>;

    /// Forgets every value that has one of `tags`.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) without [`CACHE_TAGS`](crate::Caps::CACHE_TAGS).
    async fn purge(&self, tags: &[&str]) -> Result<()>;
}
