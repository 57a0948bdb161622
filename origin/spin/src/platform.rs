//! One request's view of Spin.

use std::{future::Future, rc::Rc, time::Duration};

use aw_platform::{
    Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Secret, SqlPlatform, StoreId,
};
use wasi::{
    clocks::{monotonic_clock, wall_clock},
    random::random,
};

use crate::{
    SpinBody, SpinCache, SpinKv, SpinSql,
    client::Facts,
    emit, executor,
    fetch::{self, Pending},
    reactor::Wait,
    variables,
};

/// Spin, for the length of one request.
#[derive(Clone)]
pub struct Spin(Rc<Inner>);

struct Inner {
    cache: SpinCache,
    facts: Facts,
}

impl Spin {
    pub(crate) fn new(facts: Facts) -> Self {
        Self(Rc::new(Inner { cache: SpinCache::default(), facts }))
    }
}

/// Resolves after `duration`, counted from now.
pub(crate) fn sleep(duration: Duration) -> Wait {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Wait::on(monotonic_clock::subscribe_duration(nanos))
}

impl Platform for Spin {
    const NAME: &'static str = "spin";
    const CAPS: Caps = Caps::PASSTHROUGH;
    type Body = SpinBody;
    type Kv = SpinKv;
    type Cache = SpinCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<SpinKv> {
        SpinKv::open_store(store)
    }

    fn cache(&self) -> &SpinCache {
        &self.0.cache
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        fetch::start(backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        variables::get(key)
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        match variables::get(key)? {
            Some(value) => Ok(Secret::new(value)),
            None => Err(Error::Missing(format!("the secret {key}").into())),
        }
    }

    fn now(&self) -> u64 {
        let now = wall_clock::now();
        now.seconds * 1_000 + u64::from(now.nanoseconds / 1_000_000)
    }

    fn random(&self, out: &mut [u8]) {
        for part in out.chunks_mut(1 << 16) {
            part.copy_from_slice(&random::get_random_bytes(part.len() as u64));
        }
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        sleep(duration)
    }

    fn client(&self) -> Client<'_> {
        self.0.facts.client()
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        executor::background(work);
    }

    fn emit(&self, record: &[u8]) {
        emit::emit(record);
    }
}

impl SqlPlatform for Spin {
    type Sql = SpinSql;

    async fn sql(&self, database: &str) -> Result<SpinSql> {
        SpinSql::open(database)
    }
}
