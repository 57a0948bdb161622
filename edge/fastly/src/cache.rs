//! The Core Cache of the data centre: it collapses concurrent fills itself, over all instances.

use std::{fmt::Write, future::Future};

use aw_platform::{Cache, CachePolicy, Error, Flights, Result, limits};
use bytes::Bytes;

use crate::{
    abi::{self, Entry, Found},
    body::FastlyBody,
    select::Ready,
};

/// The longest list of tags, and the longest tag, that Fastly does not silently shorten.
const TAGS: usize = 16_384;
const TAG: usize = 1_024;

/// Fastly's Core Cache, by transactions. Requests that meet in one instance share one transaction.
#[derive(Clone, Default)]
pub struct FastlyCache(Flights);

/// What the cache has to say to a key.
enum Look {
    Value(Bytes),
    /// It is on us to fill it.
    Ours(Entry),
    /// The cache is of no help.
    Nothing,
}

/// A cache that fails is a miss.
async fn look(key: &str) -> Look {
    let Ok(busy) = abi::Busy::look(key.as_bytes()) else { return Look::Nothing };
    Ready::new(busy.item()).await;
    let Ok(entry) = busy.entry() else { return Look::Nothing };
    match entry.found() {
        Ok(Found::Value(body)) => match FastlyBody::new(body, None).whole().await {
            Ok(value) => Look::Value(value),
            Err(_) => Look::Nothing,
        },
        Ok(Found::Ours) => Look::Ours(entry),
        Ok(Found::Nothing) | Err(_) => Look::Nothing,
    }
}

async fn keep(entry: Entry, value: &Bytes, policy: &CachePolicy) {
    let Some(tags) = surrogate_keys(&policy.tags) else { return };
    let max_age = u64::try_from(policy.ttl.as_nanos()).unwrap_or(u64::MAX);
    let Ok(mut to) = entry.insert(max_age, &tags, value.len() as u64) else { return };
    for chunk in value.chunks(1 << 20) {
        Ready::new(to.item()).await;
        if to.write(chunk).is_err() {
            return;
        }
    }
    let _ = to.finish();
}

impl Cache for FastlyCache {
    async fn get_or_fill<F>(&self, key: &str, fill: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<(Bytes, CachePolicy)>>,
    {
        if !limits::key_ok(key) {
            return Err(Error::Limit("cache key"));
        }
        let fly = async || {
            let ours = match look(key).await {
                Look::Value(value) => return Ok(value),
                Look::Ours(entry) => Some(entry),
                Look::Nothing => None,
            };
            let (value, policy) = fill().await?;
            match ours {
                Some(entry) if !policy.ttl.is_zero() => keep(entry, &value, &policy).await,
                // Dropping it lets the next in line fill.
                _ => {}
            }
            Ok(value)
        };
        self.0.run(key, fly).await
    }

    async fn purge(&self, tags: &[&str]) -> Result<()> {
        for tag in tags {
            let purged = abi::purge(&surrogate_key(tag));
            purged.map_err(|status| Error::upstream(format!("the cache does not purge: {status:?}")))?;
        }
        Ok(())
    }
}

/// A tag as a surrogate key: printable ASCII without spaces, and `%` and the bytes of all else escaped.
fn surrogate_key(tag: &str) -> String {
    let mut key = String::with_capacity(tag.len());
    for byte in tag.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'%' => key.push(byte.into()),
            // Writing to a string does not fail.
            _ => drop(write!(key, "%{byte:02X}")),
        }
    }
    key
}

/// All tags, as Fastly wants them; `None` where it would forget one of them: such a value could not be purged.
fn surrogate_keys(tags: &[String]) -> Option<String> {
    let keys: Vec<String> = tags.iter().map(|tag| surrogate_key(tag)).collect();
    let all = keys.join(" ");
    (all.len() <= TAGS && keys.iter().all(|key| key.len() <= TAG)).then_some(all)
}
