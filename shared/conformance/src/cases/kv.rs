//! A key-value store keeps what it is given, in the end.

use aw_platform::{Bytes, Kv, Platform};

use crate::{
    ask::{eventually, unique},
    case::{Outcome, ensure},
    deployment::STORE,
};

pub(super) async fn missing<P: Platform>(p: &P) -> Outcome {
    let kv = p.kv(STORE)?;
    let key = unique(p, "missing/");
    ensure!(kv.get(&key).await?.is_none(), "get found a value under a key that was never written");
    ensure!(kv.open(&key).await?.is_none(), "open found a value under a key that was never written");
    kv.delete(&key).await?;
    Ok(())
}

/// Writes `value` and waits until it is read back.
pub(super) async fn settles<P: Platform>(p: &P, key: &str, value: Bytes) -> Outcome {
    let kv = p.kv(STORE)?;
    kv.put(key, value.clone(), None).await?;
    eventually(p, "the value written was not read back", async || Ok(kv.get(key).await?.as_ref() == Some(&value))).await
}

pub(super) async fn round_trip<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "kv/");
    settles(p, &key, Bytes::from_static(b"{\"title\":\"Moby-Dick\"}")).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

pub(super) async fn binary<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "kv/");
    settles(p, &key, (0..=255).chain((0..=255).rev()).collect()).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

pub(super) async fn empty<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "kv/");
    settles(p, &key, Bytes::new()).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

pub(super) async fn overwrite<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "kv/");
    settles(p, &key, Bytes::from_static(b"a longer first value")).await?;
    settles(p, &key, Bytes::from_static(b"second")).await?;
    Ok(p.kv(STORE)?.delete(&key).await?)
}

pub(super) async fn delete<P: Platform>(p: &P) -> Outcome {
    let kv = p.kv(STORE)?;
    let key = unique(p, "kv/");
    settles(p, &key, Bytes::from_static(b"v")).await?;
    kv.delete(&key).await?;
    eventually(p, "the value deleted is still there", async || Ok(kv.get(&key).await?.is_none())).await
}

pub(super) async fn open<P: Platform>(p: &P) -> Outcome {
    let kv = p.kv(STORE)?;
    let key = unique(p, "kv/");
    let mut value = vec![0; 200_000];
    crate::origin::pattern(0, &mut value);
    let value = Bytes::from(value);
    settles(p, &key, value.clone()).await?;
    let Some(body) = kv.open(&key).await? else {
        return Err(crate::Failure::new("open found nothing where get found the value"));
    };
    ensure!(
        body.size_hint().is_none_or(|n| n == value.len() as u64),
        "open says {:?} bytes, the value has {}",
        body.size_hint(),
        value.len()
    );
    ensure!(body.bytes(value.len()).await? == value, "open streams other bytes than get gives");
    Ok(kv.delete(&key).await?)
}

pub(super) async fn list<P: Platform>(p: &P) -> Outcome {
    let kv = p.kv(STORE)?;
    let stem = unique(p, "list/");
    let mut wanted: Vec<String> = (0..5).map(|n| format!("{stem}/in/{n}")).collect();
    for key in wanted.iter().chain([&format!("{stem}/other")]) {
        kv.put(key, Bytes::from_static(b"x"), None).await?;
    }
    let prefix = format!("{stem}/in/");
    eventually(p, "the keys listed in pages of two are not the keys written", async || {
        let (mut found, mut cursor) = (Vec::new(), None);
        for _ in 0..10 {
            let page = kv.list(&prefix, cursor.as_deref(), 2).await?;
            ensure!(page.keys.len() <= 2, "a page of at most 2 keys has {}", page.keys.len());
            found.extend(page.keys);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        ensure!(cursor.is_none(), "ten pages of two keys and no end, for five keys");
        found.sort();
        wanted.sort();
        Ok(found == wanted)
    })
    .await?;
    for key in wanted.iter().chain([&format!("{stem}/other")]) {
        kv.delete(key).await?;
    }
    Ok(())
}

pub(super) async fn list_empty<P: Platform>(p: &P) -> Outcome {
    let page = p.kv(STORE)?.list(&unique(p, "nothing/"), None, 10).await?;
    ensure!(page.keys.is_empty() && page.cursor.is_none(), "a prefix that no key has lists {page:?}");
    Ok(())
}
