//! The portable floor of a key-value store: what fits exactly, and what is refused by our own error.

use std::time::Duration;

use aw_platform::{Bytes, Caps, Error, Kv, Platform, StoreId, limits};

use super::kv::settles;
use crate::{
    ask::unique,
    case::{Outcome, ensure, ensure_err},
    deployment::STORE,
};

pub(super) async fn longest_key<P: Platform>(p: &P) -> Outcome {
    let mut key = unique(p, "long/");
    key.extend(std::iter::repeat_n('k', limits::KV_KEY - key.len()));
    settles(p, &key, Bytes::from_static(b"v")).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

async fn refuses_key<P: Platform>(p: &P, key: &str) -> Outcome {
    let kv = p.kv(STORE)?;
    ensure_err!(kv.get(key).await, Error::Limit(_), "get");
    ensure_err!(kv.open(key).await, Error::Limit(_), "open");
    ensure_err!(kv.put(key, Bytes::from_static(b"v"), None).await, Error::Limit(_), "put");
    ensure_err!(kv.delete(key).await, Error::Limit(_), "delete");
    Ok(())
}

pub(super) async fn key_too_long<P: Platform>(p: &P) -> Outcome {
    refuses_key(p, &"k".repeat(limits::KV_KEY + 1)).await
}

pub(super) async fn empty_key<P: Platform>(p: &P) -> Outcome {
    refuses_key(p, "").await
}

pub(super) async fn odd_keys<P: Platform>(p: &P) -> Outcome {
    let stem = unique(p, "odd/");
    for odd in ["a b", "50%", "a+b", "%2F", "a:b=c&d", "~tilde", "größe/ü", "\u{1F4D6}"] {
        let key = format!("{stem}/{odd}");
        settles(p, &key, Bytes::from(odd.to_owned())).await.map_err(|e| crate::Failure(format!("key {key:?}: {e}")))?;
        p.kv(STORE)?.delete(&key).await?;
    }
    Ok(())
}

pub(super) async fn longest_value<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "big/");
    let mut value = vec![0; limits::KV_VALUE];
    crate::origin::pattern(7, &mut value);
    settles(p, &key, value.into()).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

pub(super) async fn value_too_long<P: Platform>(p: &P) -> Outcome {
    let value = Bytes::from(vec![b'x'; limits::KV_VALUE + 1]);
    ensure_err!(p.kv(STORE)?.put(&unique(p, "big/"), value, None).await, Error::Limit(_), "put");
    Ok(())
}

pub(super) async fn ttl<P: Platform>(p: &P) -> Outcome {
    let kv = p.kv(STORE)?;
    let key = unique(p, "ttl/");
    let put = kv.put(&key, Bytes::from_static(b"v"), Some(Duration::from_secs(60))).await;
    if !P::CAPS.contains(Caps::KV_TTL) {
        ensure_err!(put, Error::Unsupported(_), "put with a time to live, which this platform says it lacks");
        ensure!(kv.get(&key).await?.is_none(), "a put that was refused wrote all the same");
        return Ok(());
    }
    put?;
    crate::ask::eventually(p, "the value is not there before its time is over", async || {
        Ok(kv.get(&key).await?.is_some())
    })
    .await
}

pub(super) async fn unknown_store<P: Platform>(p: &P) -> Outcome {
    match p.kv(StoreId("no-such-store")) {
        Err(Error::Missing(_)) => Ok(()),
        Err(other) => Err(crate::Failure::new(format_args!("expected Missing, got {other:?}"))),
        // Where opening is lazy, the first use tells.
        Ok(kv) => {
            ensure_err!(kv.get("k").await, Error::Missing(_), "get from a store that no deployment has");
            Ok(())
        }
    }
}
