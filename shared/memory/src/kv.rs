//! The key-value store, with the portable limits enforced.

use std::{cell::RefCell, collections::BTreeMap, ops::Bound, rc::Rc, time::Duration};

use aw_platform::{Body, Error, KeyPage, Kv, Result, limits};
use bytes::Bytes;

use crate::{body::MemoryBody, time::Clock};

type Entries = BTreeMap<String, (Bytes, Option<u64>)>;

/// A store: strongly consistent, which the portable contract does not promise.
#[derive(Clone, Debug)]
pub struct MemoryKv {
    entries: Rc<RefCell<Entries>>,
    clock: Rc<Clock>,
}

fn check(key: &str) -> Result<()> {
    if limits::key_ok(key) { Ok(()) } else { Err(Error::Limit("the key")) }
}

impl MemoryKv {
    pub(crate) fn new(clock: Rc<Clock>) -> Self {
        Self { entries: Rc::default(), clock }
    }

    fn live(&self, expires: Option<u64>) -> bool {
        expires.is_none_or(|at| at > self.clock.now())
    }
}

impl Kv for MemoryKv {
    const STALE: Duration = Duration::ZERO;
    type Body = MemoryBody;

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        check(key)?;
        Ok(self.entries.borrow().get(key).filter(|(_, expires)| self.live(*expires)).map(|(value, _)| value.clone()))
    }

    async fn open(&self, key: &str) -> Result<Option<Body<MemoryBody>>> {
        Ok(self.get(key).await?.map(|value| Body::Native(MemoryBody::new(value))))
    }

    async fn put(&self, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<()> {
        check(key)?;
        if value.len() > limits::KV_VALUE {
            return Err(Error::Limit("the value"));
        }
        if ttl.is_some_and(|ttl| ttl < Duration::from_secs(60) || ttl.subsec_nanos() != 0) {
            return Err(Error::Limit("the time to live (whole seconds, at least 60)"));
        }
        let expires = ttl.map(|ttl| self.clock.now().saturating_add(ttl.as_secs().saturating_mul(1000)));
        self.entries.borrow_mut().insert(key.to_owned(), (value, expires));
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<()> {
        check(key)?;
        self.entries.borrow_mut().remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<KeyPage> {
        let from = match cursor {
            Some(last) if last.starts_with(prefix) => Bound::Excluded(last),
            Some(_) => return Err(Error::internal("the cursor is not of this listing")),
            None => Bound::Included(prefix),
        };
        let limit = limit.clamp(1, 1000) as usize;
        let entries = self.entries.borrow();
        let mut keys = entries
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(_, (_, expires))| self.live(*expires))
            .map(|(key, _)| key.clone());
        let page: Vec<String> = keys.by_ref().take(limit).collect();
        let cursor = keys.next().and(page.last().cloned());
        Ok(KeyPage { keys: page, cursor })
    }
}
