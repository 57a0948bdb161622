//! One request's view of Fastly.

use std::{
    cell::OnceCell,
    future::Future,
    rc::{Rc, Weak},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_platform::{Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Secret, StoreId};

use crate::{
    FastlyBody, FastlyCache, FastlyKv,
    abi::{self, Status},
    client::Facts,
    emit, executor,
    fetch::{self, Pending},
    select::Sleep,
};

/// The config store that has the settings.
pub const CONFIG: &str = "config";
/// The secret store that has the secrets.
pub const SECRETS: &str = "secrets";

/// Fastly Compute, for the length of one request. The service's KV stores and backends have the manifest's names; its
/// settings are in the config store [`CONFIG`], its secrets in the secret store [`SECRETS`].
#[derive(Clone)]
pub struct Fastly(Rc<Inner>);

pub(crate) struct Inner {
    request: abi::Request,
    // Made where they are asked for: most requests ask for neither.
    cache: OnceCell<FastlyCache>,
    client: OnceCell<Facts>,
}

impl Fastly {
    pub(crate) fn new(request: abi::Request) -> Self {
        Self::of(Rc::new(Inner { request, cache: OnceCell::new(), client: OnceCell::new() }))
    }

    pub(crate) fn of(inner: Rc<Inner>) -> Self {
        Self(inner)
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Rc::downgrade(&self.0)
    }

    pub(crate) fn request(&self) -> &abi::Request {
        &self.0.request
    }
}

fn unreadable(what: &str, status: Status) -> Error {
    Error::upstream(format!("{what} cannot be read: {status:?}"))
}

impl Platform for Fastly {
    const NAME: &'static str = "fastly";
    const CAPS: Caps =
        Caps::KV_TTL.and(Caps::CACHE_TAGS).and(Caps::CACHE_COLLAPSE).and(Caps::PASSTHROUGH).and(Caps::RETAINED);
    type Body = FastlyBody;
    type Kv = FastlyKv;
    type Cache = FastlyCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<FastlyKv> {
        FastlyKv::open_store(store)
    }

    fn cache(&self) -> &FastlyCache {
        self.0.cache.get_or_init(FastlyCache::default)
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        fetch::start(backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        let value = abi::config(CONFIG, key).map_err(|status| unreadable(key, status))?;
        value.map(String::from_utf8).transpose().map_err(|_| Error::internal(format!("{key} is not UTF-8")))
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        match abi::secret(SECRETS, key).map_err(|status| unreadable(key, status))? {
            Some(value) if !value.is_empty() => Ok(Secret::new(value)),
            _ => Err(Error::Missing(format!("the secret {key}").into())),
        }
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
    }

    /// # Panics
    /// The host has no randomness: nothing that needs any may go on.
    fn random(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the host gives randomness");
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        Sleep::new(duration)
    }

    fn client(&self) -> Client<'_> {
        self.0.client.get_or_init(|| Facts::read(&self.0.request)).client()
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        executor::spawn(work);
    }

    fn emit(&self, record: &[u8]) {
        emit::emit(record);
    }
}
