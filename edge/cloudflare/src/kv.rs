//! Workers KV.

use std::time::Duration;

use aw_platform::{Body, Error, KeyPage, Kv, Result, StoreId, limits};
use bytes::Bytes;

use crate::{
    abi,
    body::WorkerBody,
    op::{Op, Reply},
};

/// A KV namespace, bound under the store's name in upper case. Eventually consistent: a location may show an old
/// value, or its absence, for a minute.
#[derive(Clone, Copy, Debug)]
pub struct WorkerKv(&'static str);

/// The shortest life that Workers KV knows.
const SHORTEST: Duration = Duration::from_secs(60);
/// The most keys in a page.
const PAGE: u32 = 1000;

fn key(key: &str) -> Result<&str> {
    // Workers KV refuses the two dot names.
    if limits::key_ok(key) && !matches!(key, "." | "..") { Ok(key) } else { Err(Error::Limit("KV key")) }
}

impl WorkerKv {
    pub(crate) fn open_store(store: StoreId) -> Result<Self> {
        if abi::kv_has(store.0) {
            Ok(Self(store.0))
        } else {
            Err(Error::Missing(format!("the KV store {}", store.0).into()))
        }
    }

    async fn fetch(&self, name: &str, open: bool) -> Result<Option<Reply>> {
        let name = key(name)?;
        Op::start(|op| abi::kv_get(op, self.0, name, open)).found().await
    }
}

impl Kv for WorkerKv {
    // Cloudflare: "may take up to 60 seconds or more" to be seen elsewhere.
    const STALE: Duration = Duration::from_secs(60);
    type Body = WorkerBody;

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.fetch(key, false).await?.map(|reply| reply.bytes))
    }

    async fn open(&self, key: &str) -> Result<Option<Body<WorkerBody>>> {
        let Some(reply) = self.fetch(key, true).await? else { return Ok(None) };
        let size = size(&reply.bytes);
        Ok(Some(if size == Some(0) { Body::Empty } else { Body::Native(WorkerBody::new(reply.body, size)) }))
    }

    async fn put(&self, name: &str, value: Bytes, ttl: Option<Duration>) -> Result<()> {
        let name = key(name)?;
        if value.len() > limits::KV_VALUE {
            return Err(Error::Limit("KV value"));
        }
        if ttl.is_some_and(|ttl| ttl < SHORTEST) {
            return Err(Error::Limit("KV time to live"));
        }
        let ttl = ttl.map_or(0.0, |ttl| ttl.as_secs() as f64);
        Op::start(|op| abi::kv_put(op, self.0, name, &value, ttl)).found().await.map(drop)
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let name = key(name)?;
        Op::start(|op| abi::kv_delete(op, self.0, name)).found().await.map(drop)
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage> {
        if prefix.len() > limits::KV_KEY {
            return Err(Error::Limit("KV key"));
        }
        let query = format!("{prefix}\0{}", cursor.unwrap_or_default());
        let reply = Op::start(|op| abi::kv_list(op, self.0, &query, limit.clamp(1, PAGE))).found().await?;
        let mut texts = reply.map(|reply| texts(&reply.bytes)).unwrap_or_default().into_iter();
        let cursor = texts.next().filter(|cursor| !cursor.is_empty());
        Ok(KeyPage { keys: texts.collect(), cursor })
    }
}

/// A size written in decimal digits; `None` where there are none.
pub(crate) fn size(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Texts, each after its length in 4 bytes, little-endian.
fn texts(mut bytes: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    while let Some((len, rest)) = bytes.split_first_chunk::<4>() {
        let Some((text, rest)) = rest.split_at_checked(u32::from_le_bytes(*len) as usize) else { break };
        out.push(String::from_utf8_lossy(text).into_owned());
        bytes = rest;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn texts_cross() {
        assert_eq!(texts(b"\0\0\0\0\x02\0\0\0a\n\x01\0\0\0b"), ["", "a\n", "b"]);
        assert_eq!(texts(b"\x05\0\0\0ab"), [""; 0]);
    }
}
