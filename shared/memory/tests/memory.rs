//! The reference platform keeps what it promises to tests.

use std::{cell::Cell, rc::Rc, time::Duration};

use aw_memory::{Memory, MemoryBody};
use aw_platform::{
    Backend, Body, Bytes, Cache, CachePolicy, Error, FetchOptions, Kv, Platform, PlatformExt, StoreId, http, limits,
};
use futures_util::future::join;

const CONTENT: StoreId = StoreId("content");

fn get(path: &str) -> http::Request<Body<MemoryBody>> {
    http::Request::get(path).body(Body::Empty).expect("a request")
}

fn slow_origin(p: &Memory, ms: u64) {
    let world = p.clone();
    p.backend("origin", move |request| {
        let pause = world.sleep(Duration::from_millis(ms));
        Box::pin(async move {
            pause.await;
            Ok(http::Response::new(Body::from(request.uri().to_string())))
        })
    });
}

#[test]
fn two_fetches_take_the_time_of_one() {
    let p = Memory::new();
    slow_origin(&p, 200);
    let start = p.now();
    p.block_on(async {
        let first = p.fetch(Backend("origin"), get("/1"), FetchOptions::default());
        let second = p.fetch(Backend("origin"), get("/2"), FetchOptions::default());
        // One after the other: both started when they were called.
        assert_eq!(first.await.unwrap().into_body().bytes(10).await.unwrap(), "/1");
        assert_eq!(second.await.unwrap().into_body().bytes(10).await.unwrap(), "/2");
    });
    assert_eq!(p.now() - start, 200);
}

#[test]
fn a_fetch_starts_without_being_awaited() {
    let p = Memory::new();
    let calls = Rc::new(Cell::new(0));
    let seen = calls.clone();
    p.backend("origin", move |_| {
        seen.set(seen.get() + 1);
        Box::pin(async { Ok(http::Response::default()) })
    });
    drop(p.fetch(Backend("origin"), get("/"), FetchOptions::default()));
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_backend_that_dawdles_times_out_and_one_that_is_missing_is_named() {
    let p = Memory::new();
    slow_origin(&p, 5_000);
    let hurry = FetchOptions { first_byte: Duration::from_millis(100) };
    p.block_on(async {
        assert!(matches!(p.fetch(Backend("origin"), get("/"), hurry).await, Err(Error::Timeout)));
        let error = p.fetch(Backend("nobody"), get("/"), hurry).await.unwrap_err();
        assert!(error.to_string().contains("the backend nobody"), "{error}");
        assert!(matches!(
            p.timeout(Duration::from_secs(1), p.sleep(Duration::from_secs(2))).await,
            Err(Error::Timeout)
        ));
    });
}

#[test]
fn kv_keeps_to_the_portable_limits_and_forgets_in_time() {
    let p = Memory::new();
    let kv = p.kv(CONTENT).unwrap();
    p.block_on(async {
        let long = "k".repeat(limits::KV_KEY + 1);
        assert!(matches!(kv.get(&long).await, Err(Error::Limit(_))));
        assert!(matches!(kv.put("", Bytes::new(), None).await, Err(Error::Limit(_))));
        let big = Bytes::from(vec![0; limits::KV_VALUE + 1]);
        assert!(matches!(kv.put("k", big, None).await, Err(Error::Limit(_))));
        assert!(matches!(kv.put("k", Bytes::new(), Some(Duration::from_secs(59))).await, Err(Error::Limit(_))));

        kv.put("k", "v".into(), Some(Duration::from_secs(60))).await.unwrap();
        p.advance(Duration::from_secs(59));
        assert_eq!(kv.get("k").await.unwrap().unwrap(), "v");
        p.advance(Duration::from_secs(1));
        assert_eq!(kv.get("k").await.unwrap(), None);
        assert!(kv.list("", None, 10).await.unwrap().keys.is_empty());
    });
    assert!(matches!(p.kv(StoreId("other")), Err(Error::Missing(_))));
}

#[test]
fn kv_lists_in_pages() {
    let p = Memory::new();
    let kv = p.kv(CONTENT).unwrap();
    p.block_on(async {
        for key in ["a", "b/1", "b/2", "b/3", "c"] {
            kv.put(key, Bytes::from_static(b"x"), None).await.unwrap();
        }
        let first = kv.list("b/", None, 2).await.unwrap();
        assert_eq!(first.keys, ["b/1", "b/2"]);
        let second = kv.list("b/", first.cursor.as_deref(), 2).await.unwrap();
        assert_eq!((second.keys, second.cursor), (vec!["b/3".to_owned()], None));
        assert!(kv.list("b/", Some("z"), 2).await.is_err());
    });
}

#[test]
fn the_cache_fills_once_forgets_in_time_and_purges_by_tag() {
    let p = Memory::new();
    let fills = Cell::new(0);
    let fill = || async {
        p.sleep(Duration::from_millis(10)).await;
        fills.set(fills.get() + 1);
        Ok((Bytes::from_static(b"v"), CachePolicy { ttl: Duration::from_secs(5), tags: vec!["book-1".into()] }))
    };
    p.block_on(async {
        let (a, b) = join(p.cache().get_or_fill("k", fill), p.cache().get_or_fill("k", fill)).await;
        assert_eq!((a.unwrap(), b.unwrap(), fills.get()), (Bytes::from("v"), Bytes::from("v"), 1));
        p.advance(Duration::from_secs(5));
        p.cache().get_or_fill("k", fill).await.unwrap();
        assert_eq!(fills.get(), 2);
        p.cache().purge(&["book-2"]).await.unwrap();
        p.cache().get_or_fill("k", fill).await.unwrap();
        assert_eq!(fills.get(), 2);
        p.cache().purge(&["book-1"]).await.unwrap();
        p.cache().get_or_fill("k", fill).await.unwrap();
        assert_eq!(fills.get(), 3);
    });
}

#[test]
fn background_work_waits_until_it_is_run_and_may_add_more() {
    let p = Memory::new();
    let world = p.clone();
    p.wait_until(async move {
        world.sleep(Duration::from_secs(1)).await;
        world.emit(b"{\"step\":1}");
        let inner = world.clone();
        world.wait_until(async move { inner.emit(b"{\"step\":2}") });
    });
    assert!(p.take_records().is_empty());
    p.block_on(p.run_background());
    assert_eq!(p.take_records(), ["{\"step\":1}", "{\"step\":2}"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (a, b) = (Memory::new(), Memory::new());
    let draw = |p: &Memory| {
        let mut bytes = [0; 13];
        p.random(&mut bytes);
        bytes
    };
    assert_eq!(draw(&a), draw(&b));
    b.seed(7);
    assert_ne!(draw(&a), draw(&b));
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_future_that_nothing_can_wake_is_a_deadlock() {
    Memory::new().block_on(std::future::pending::<()>());
}
