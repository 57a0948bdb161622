//! The platform.

use std::{cell::RefCell, collections::HashMap, net::IpAddr, rc::Rc, time::Duration};

use aw_platform::{Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Secret, StoreId, http};
use bytes::Bytes;
use futures_util::{StreamExt, future::LocalBoxFuture, stream::FuturesUnordered};

use crate::{
    body::MemoryBody,
    cache::MemoryCache,
    emit::Records,
    executor,
    fetch::{Answer, Backends, Pending},
    kv::MemoryKv,
    random::Random,
    time::Clock,
};

/// A world in memory. A clone is another handle on the same world.
#[derive(Clone)]
pub struct Memory {
    world: Rc<World>,
    peer: Rc<Peer>,
}

struct World {
    clock: Rc<Clock>,
    random: Random,
    stores: RefCell<HashMap<String, MemoryKv>>,
    cache: MemoryCache,
    backends: Backends,
    config: RefCell<HashMap<String, String>>,
    secrets: RefCell<HashMap<String, Secret>>,
    background: RefCell<Vec<LocalBoxFuture<'static, ()>>>,
    records: Records,
}

#[derive(Default)]
struct Peer {
    ip: Option<IpAddr>,
    country: Option<String>,
    tls: Option<String>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// A world with one store, `content`, at 2026-01-01T00:00:00Z, seeded with 0; the peer is 127.0.0.1.
    pub fn new() -> Self {
        let clock = Rc::<Clock>::default();
        let world = World {
            cache: MemoryCache::new(clock.clone()),
            clock,
            random: Random::default(),
            stores: RefCell::default(),
            backends: Backends::default(),
            config: RefCell::default(),
            secrets: RefCell::default(),
            background: RefCell::default(),
            records: Records::default(),
        };
        let peer = Peer { ip: Some(IpAddr::from([127, 0, 0, 1])), ..Peer::default() };
        let memory = Self { world: Rc::new(world), peer: Rc::new(peer) };
        memory.add_store("content");
        memory
    }

    /// Another handle on this world, for a request from that address, country (ISO 3166-1) and TLS version.
    #[must_use]
    pub fn from_client(&self, ip: IpAddr, country: Option<&str>, tls: Option<&str>) -> Self {
        let peer = Peer { ip: Some(ip), country: country.map(str::to_owned), tls: tls.map(str::to_owned) };
        Self { world: self.world.clone(), peer: Rc::new(peer) }
    }

    /// Adds an empty store.
    pub fn add_store(&self, name: &str) {
        self.world.stores.borrow_mut().insert(name.to_owned(), MemoryKv::new(self.world.clock.clone()));
    }

    /// Gives a setting a value.
    pub fn set_config(&self, key: &str, value: &str) {
        self.world.config.borrow_mut().insert(key.to_owned(), value.to_owned());
    }

    /// Gives a secret a value.
    pub fn set_secret(&self, key: &str, value: impl Into<Vec<u8>>) {
        self.world.secrets.borrow_mut().insert(key.to_owned(), Secret::new(value));
    }

    /// Scripts a backend, in place of an earlier one of that name. The request's body has been read.
    pub fn backend(&self, name: &str, script: impl Fn(http::Request<Bytes>) -> Answer + 'static) {
        self.world.backends.add(name, script);
    }

    /// Starts the randomness anew.
    pub fn seed(&self, seed: u64) {
        self.world.random.seed(seed);
    }

    /// Sets the clock to `now`, in milliseconds since 1970, and wakes whoever slept until then.
    pub fn set_now(&self, now: u64) {
        self.world.clock.set(now);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.set_now(self.now().saturating_add(ms));
    }

    /// Runs `work` to its end on this thread. Where everything waits, the clock jumps to the next timer, so that
    /// time passes only in the test's imagination.
    ///
    /// # Panics
    /// `work` waits for something that nothing will ever do.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        executor::block_on(&self.world.clock, work)
    }

    /// Runs what [`wait_until`](Platform::wait_until) was given since, and what that adds in turn, to the end.
    pub async fn run_background(&self) {
        loop {
            let work: FuturesUnordered<_> = self.world.background.take().into_iter().collect();
            if work.is_empty() {
                return;
            }
            work.collect::<()>().await;
        }
    }

    /// The records emitted since the last call, oldest first.
    pub fn take_records(&self) -> Vec<String> {
        self.world.records.take()
    }
}

impl Platform for Memory {
    const NAME: &'static str = "memory";
    const CAPS: Caps = Caps::KV_TTL
        .and(Caps::CACHE_TAGS)
        .and(Caps::CACHE_COLLAPSE)
        .and(Caps::PASSTHROUGH)
        .and(Caps::RETAINED)
        .and(Caps::CONCURRENT);

    type Body = MemoryBody;
    type Kv = MemoryKv;
    type Cache = MemoryCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<MemoryKv> {
        let found = self.world.stores.borrow().get(store.0).cloned();
        found.ok_or_else(|| Error::Missing(format!("the store {}", store.0).into()))
    }

    fn cache(&self) -> &MemoryCache {
        &self.world.cache
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        self.world.backends.fetch(self, backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        Ok(self.world.config.borrow().get(key).cloned())
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        let found = self.world.secrets.borrow().get(key).cloned();
        found.ok_or_else(|| Error::Missing(format!("the secret {key}").into()))
    }

    fn now(&self) -> u64 {
        self.world.clock.now()
    }

    fn random(&self, out: &mut [u8]) {
        self.world.random.fill(out);
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        self.world.clock.sleep(duration)
    }

    fn client(&self) -> Client<'_> {
        Client { ip: self.peer.ip, country: self.peer.country.as_deref(), tls: self.peer.tls.as_deref() }
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        self.world.background.borrow_mut().push(Box::pin(work));
    }

    fn emit(&self, record: &[u8]) {
        self.world.records.push(record);
    }
}
