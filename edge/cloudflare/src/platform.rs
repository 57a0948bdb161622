//! One request's view of Cloudflare.

use std::{
    cell::OnceCell,
    future::{Future, poll_fn},
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use aw_platform::{Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Secret, StoreId};

use crate::{
    WorkerBody, WorkerCache, WorkerKv, abi,
    client::Facts,
    fetch::{self, Pending},
    op::Op,
    task,
};

/// Cloudflare Workers, for the length of one request. Bindings are found by the manifest's names, in upper case and
/// with `_` for `-`: the store `content` is the KV namespace `CONTENT`, the backend `origin` the variable
/// `BACKEND_ORIGIN`, the setting `edge-name` the variable `EDGE_NAME`, the secret `edge-key` the secret `EDGE_KEY`.
#[derive(Clone)]
pub struct Cloudflare(Rc<Inner>);

struct Inner {
    cache: WorkerCache,
    client: OnceCell<Facts>,
}

impl Cloudflare {
    pub(crate) fn new() -> Self {
        Self(Rc::new(Inner { cache: WorkerCache::new(), client: OnceCell::new() }))
    }
}

async fn variable(name: &'static str) -> Result<Option<String>> {
    let Some(reply) = Op::start(|op| abi::variable(op, name)).found().await? else { return Ok(None) };
    String::from_utf8(reply.bytes.into()).map(Some).map_err(|_| Error::internal(format!("{name} is not UTF-8")))
}

/// The reply of an operation that JavaScript completes before it returns.
fn at_once(ask: impl FnOnce(u32)) -> String {
    let reply = Op::start(ask).poll_reply(&mut Context::from_waker(Waker::noop()));
    match reply {
        Poll::Ready(reply) => String::from_utf8_lossy(&reply.bytes).into_owned(),
        Poll::Pending => String::new(),
    }
}

impl Platform for Cloudflare {
    const NAME: &'static str = "cloudflare";
    const CAPS: Caps =
        Caps::KV_TTL.and(Caps::CACHE_COLLAPSE).and(Caps::PASSTHROUGH).and(Caps::RETAINED).and(Caps::CONCURRENT);
    type Body = WorkerBody;
    type Kv = WorkerKv;
    type Cache = WorkerCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<WorkerKv> {
        WorkerKv::open_store(store)
    }

    fn cache(&self) -> &WorkerCache {
        &self.0.cache
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        fetch::start(backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        variable(key).await
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        match variable(key).await? {
            Some(value) if !value.is_empty() => Ok(Secret::new(value)),
            _ => Err(Error::Missing(format!("the secret {key}").into())),
        }
    }

    fn now(&self) -> u64 {
        abi::now() as u64
    }

    fn random(&self, out: &mut [u8]) {
        abi::random(out);
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        // Asked for when first polled, so that a sleep nobody awaits costs nothing.
        let mut timer = None;
        poll_fn(move |cx| {
            let ms = duration.as_secs_f64() * 1000.0;
            timer.get_or_insert_with(|| Op::start(|op| abi::sleep(op, ms))).poll_reply(cx).map(drop)
        })
    }

    fn client(&self) -> Client<'_> {
        self.0.client.get_or_init(|| Facts::read(&at_once(abi::client))).client()
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        abi::detach(task::future(Box::pin(work)));
    }

    fn emit(&self, record: &[u8]) {
        abi::emit(record);
    }
}
