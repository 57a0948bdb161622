//! The platform.

use std::{
    net::IpAddr,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aw_platform::{Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Secret, StoreId};

use crate::{body::NativeBody, cache::NativeCache, emit, fetch::Pending, instance::Instance, kv::NativeKv};

/// One request's view of the world.
#[derive(Clone)]
pub struct Native {
    pub(crate) instance: Rc<Instance>,
    pub(crate) peer: Option<IpAddr>,
}

impl Platform for Native {
    const NAME: &'static str = "native";
    const CAPS: Caps = Caps::KV_TTL
        .and(Caps::CACHE_TAGS)
        .and(Caps::CACHE_COLLAPSE)
        .and(Caps::PASSTHROUGH)
        .and(Caps::RETAINED)
        .and(Caps::CONCURRENT);

    type Body = NativeBody;
    type Kv = NativeKv;
    type Cache = NativeCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<NativeKv> {
        self.instance.shared.stores.get(store)
    }

    fn cache(&self) -> &NativeCache {
        &self.instance.shared.cache
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        Pending::start(self.instance.clone(), backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        Ok(self.instance.shared.settings.config.get(key).cloned())
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        match self.instance.shared.settings.secrets.0.get(key) {
            Some(value) if !value.is_empty() => Ok(Secret::new(value.as_bytes())),
            _ => Err(Error::Missing(format!("the secret {key}").into())),
        }
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
    }

    /// # Panics
    /// The operating system has no randomness: nothing that needs any may go on.
    fn random(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the operating system gives randomness");
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        tokio::time::sleep(duration)
    }

    fn client(&self) -> Client<'_> {
        Client { ip: self.peer, country: None, tls: None }
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        drop(self.instance.tasks.spawn_local(work));
    }

    fn emit(&self, record: &[u8]) {
        emit::emit(record);
    }
}
