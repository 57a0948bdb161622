//! Fastly's KV store.

use std::time::Duration;

use aw_platform::{Body, Error, KeyPage, Kv, Result, StoreId, limits};
use bytes::Bytes;
use serde_json::Value;

use crate::{
    abi::{self, Refusal, Store},
    body::FastlyBody,
    select::settle,
};

/// A KV store, linked to the service under the store's name. Eventually consistent: a data centre may show an old
/// value for some hundred milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct FastlyKv(Store);

/// The shortest life that the portable contract knows.
const SHORTEST: Duration = Duration::from_secs(60);
/// The most keys in a page.
const PAGE: u32 = 1000;
/// The longest page of keys, in bytes of JSON.
const LISTING: usize = 2 << 20;

fn key(key: &str) -> Result<&str> {
    if limits::key_ok(key) { Ok(key) } else { Err(Error::Limit("KV key")) }
}

fn refused(why: impl Into<Refusal>) -> Error {
    Error::upstream(format!("the KV store refuses: {}", why.into()))
}

impl FastlyKv {
    pub(crate) fn open_store(store: StoreId) -> Result<Self> {
        match Store::open(store.0) {
            Ok(Some(open)) => Ok(Self(open)),
            Ok(None) => Err(Error::Missing(format!("the KV store {}", store.0).into())),
            Err(status) => Err(refused(status)),
        }
    }

    async fn lookup(&self, name: &str) -> Result<Option<FastlyBody>> {
        let lookup = self.0.lookup(key(name)?).map_err(refused)?;
        settle(lookup.item()).await;
        Ok(lookup.value().map_err(refused)?.map(|body| FastlyBody::new(body, None)))
    }
}

impl Kv for FastlyKv {
    // Fastly: eventually consistent, without a number; typically seconds.
    const STALE: Duration = Duration::from_secs(1);
    type Body = FastlyBody;

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match self.lookup(key).await? {
            Some(body) => body.whole().await.map(Some),
            None => Ok(None),
        }
    }

    async fn open(&self, key: &str) -> Result<Option<Body<FastlyBody>>> {
        Ok(self.lookup(key).await?.map(Body::Native))
    }

    async fn put(&self, name: &str, value: Bytes, ttl: Option<Duration>) -> Result<()> {
        let name = key(name)?;
        if value.len() > limits::KV_VALUE {
            return Err(Error::Limit("KV value"));
        }
        if ttl.is_some_and(|ttl| ttl < SHORTEST || ttl.subsec_nanos() != 0) {
            return Err(Error::Limit("KV time to live"));
        }
        let ttl = ttl.map(|ttl| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX));
        let body = abi::Body::of_bytes(&value).map_err(refused)?;
        let insertion = self.0.insert(name, body, ttl).map_err(refused)?;
        settle(insertion.item()).await;
        insertion.done().map_err(refused)
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let deletion = self.0.delete(key(name)?).map_err(refused)?;
        settle(deletion.item()).await;
        deletion.done().map(drop).map_err(refused)
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage> {
        if prefix.len() > limits::KV_KEY {
            return Err(Error::Limit("KV key"));
        }
        let listing = self.0.list(prefix, cursor.filter(|c| !c.is_empty()), limit.clamp(1, PAGE)).map_err(refused)?;
        settle(listing.item()).await;
        let Some(page) = listing.page().map_err(refused)? else { return Ok(KeyPage::default()) };
        let json = Body::Native(FastlyBody::new(page, None)).bytes(LISTING).await?;
        read(&json).ok_or_else(|| Error::upstream("the KV store's list of keys is not one"))
    }
}

/// Reads `{"data":[KEY…],"meta":{"next_cursor"?}}`.
fn read(json: &[u8]) -> Option<KeyPage> {
    let page: Value = serde_json::from_slice(json).ok()?;
    let keys = page["data"].as_array()?.iter().map(|key| key.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    let cursor = page["meta"]["next_cursor"].as_str().filter(|cursor| !cursor.is_empty()).map(str::to_owned);
    Some(KeyPage { keys, cursor })
}
