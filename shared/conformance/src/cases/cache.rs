//! The cache fills once, keeps for as long as it was told, and never keeps an error.

use std::{cell::Cell, time::Duration};

use aw_platform::{Bytes, Cache, CachePolicy, Caps, Error, Platform, PlatformExt, Result, limits};
use futures_util::future::join3;

use crate::{
    ask::unique,
    case::{Outcome, ensure, ensure_err},
};

fn keep(seconds: u64, tags: &[&str]) -> CachePolicy {
    CachePolicy { ttl: Duration::from_secs(seconds), tags: tags.iter().map(|&t| t.to_owned()).collect() }
}

/// A fill that counts its runs and gives the count.
async fn filled(fills: &Cell<u32>, policy: CachePolicy) -> Result<(Bytes, CachePolicy)> {
    fills.set(fills.get() + 1);
    Ok((Bytes::from(fills.get().to_string()), policy))
}

pub(super) async fn hit<P: Platform>(p: &P) -> Outcome {
    let (key, fills) = (unique(p, "cache/"), Cell::new(0));
    for ask in ["the first", "the second", "the third"] {
        let value = p.cache().get_or_fill(&key, || filled(&fills, keep(60, &[]))).await?;
        ensure!(value == "1", "{ask} value is {value:?}, the first fill gave 1");
    }
    Ok(())
}

pub(super) async fn apart<P: Platform>(p: &P) -> Outcome {
    let stem = unique(p, "cache/");
    for part in ["a", "A", "a/", "a?b=1", "a?b=2", "a b", "ü", "%C3%BC"] {
        let key = format!("{stem}/{part}");
        let fill = || async { Ok((Bytes::from(part), keep(60, &[]))) };
        let value = p.cache().get_or_fill(&key, fill).await?;
        ensure!(value == part, "under {key:?} is the value of another key, {value:?}");
    }
    Ok(())
}

pub(super) async fn expires<P: Platform>(p: &P) -> Outcome {
    let (key, fills) = (unique(p, "cache/"), Cell::new(0));
    p.cache().get_or_fill(&key, || filled(&fills, keep(1, &[]))).await?;
    p.sleep(Duration::from_millis(2_500)).await;
    let value = p.cache().get_or_fill(&key, || filled(&fills, keep(1, &[]))).await?;
    ensure!(value == "2", "a value with one second to live is there after two and a half");
    Ok(())
}

pub(super) async fn zero_ttl<P: Platform>(p: &P) -> Outcome {
    let (key, fills) = (unique(p, "cache/"), Cell::new(0));
    for expected in ["1", "2"] {
        let value = p.cache().get_or_fill(&key, || filled(&fills, keep(0, &[]))).await?;
        ensure!(value == expected, "a value with no time to live was kept");
    }
    Ok(())
}

pub(super) async fn error<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "cache/");
    let fills = Cell::new(0);
    let failed = p.cache().get_or_fill(&key, || async { Err(Error::upstream("on purpose")) }).await;
    ensure_err!(failed, Error::Upstream(_), "the fill's own error");
    let value = p.cache().get_or_fill(&key, || filled(&fills, keep(60, &[]))).await?;
    ensure!(value == "1", "after a failed fill the next one gave {value:?}");
    Ok(())
}

pub(super) async fn cancelled<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "cache/");
    let fills = Cell::new(0);
    let never = p.cache().get_or_fill(&key, || async {
        p.sleep(Duration::from_secs(60)).await;
        Err(Error::internal("a fill that should have been dropped came to its end"))
    });
    ensure_err!(p.timeout(Duration::from_millis(100), never).await, Error::Timeout, "a fill that takes a minute");
    let next = p.cache().get_or_fill(&key, || filled(&fills, keep(60, &[])));
    let value = p.timeout(Duration::from_secs(10), next).await??;
    ensure!(value == "1", "after a cancelled fill the next one gave {value:?}");
    Ok(())
}

pub(super) async fn collapses<P: Platform>(p: &P) -> Outcome {
    let (key, fills) = (unique(p, "cache/"), Cell::new(0));
    let ask = || {
        p.cache().get_or_fill(&key, || async {
            p.sleep(Duration::from_millis(100)).await;
            filled(&fills, keep(60, &[])).await
        })
    };
    let (a, b, c) = join3(ask(), ask(), ask()).await;
    let (a, b, c) = (a?, b?, c?);
    ensure!(
        !P::CAPS.contains(Caps::CACHE_COLLAPSE) || (fills.get() == 1 && a == b && b == c),
        "three who missed at once ran {} fills and got {a:?}, {b:?}, {c:?}",
        fills.get()
    );
    Ok(())
}

pub(super) async fn large<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "cache/");
    let mut value = vec![0; 1_000_000];
    crate::origin::pattern(3, &mut value);
    let value = Bytes::from(value);
    for time in ["filled", "kept"] {
        let got = p.cache().get_or_fill(&key, || async { Ok((value.clone(), keep(60, &[]))) }).await?;
        ensure!(got == value, "a value of 1 MB is not the same when {time}");
    }
    Ok(())
}

pub(super) async fn key_limit<P: Platform>(p: &P) -> Outcome {
    let fills = Cell::new(0);
    let mut key = unique(p, "cache/");
    key.extend(std::iter::repeat_n('k', limits::KV_KEY - key.len()));
    for _ in 0..2 {
        let value = p.cache().get_or_fill(&key, || filled(&fills, keep(60, &[]))).await?;
        ensure!(value == "1", "a key of 256 bytes is not kept");
    }
    key.push('k');
    let over = p.cache().get_or_fill(&key, || filled(&fills, keep(60, &[]))).await;
    ensure_err!(over, Error::Limit(_), "a key of 257 bytes");
    Ok(())
}

pub(super) async fn purge<P: Platform>(p: &P) -> Outcome {
    let (key, tag, fills) = (unique(p, "cache/"), unique(p, "tag-"), Cell::new(0));
    if !P::CAPS.contains(Caps::CACHE_TAGS) {
        ensure_err!(p.cache().purge(&[&tag]).await, Error::Unsupported(_), "purge, which this platform says it lacks");
        return Ok(());
    }
    let other = unique(p, "tag-");
    let ask = || p.cache().get_or_fill(&key, || filled(&fills, keep(60, &["book", &tag])));
    ask().await?;
    p.cache().purge(&[&other]).await?;
    ensure!(ask().await? == "1", "purging another tag took this value away");
    p.cache().purge(&[&other, &tag]).await?;
    crate::ask::eventually(p, "a purged value is still there", async || Ok(ask().await? != "1")).await
}
