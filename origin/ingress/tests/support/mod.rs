//! The reference platform with a database that knows two statements: the ingress's own.

use std::{cell::RefCell, collections::BTreeMap, future::Future, rc::Rc, time::Duration};

use aw_memory::{Memory, MemoryBody, MemoryCache, MemoryKv, Pending};
use aw_platform::{
    Backend, Caps, Client, Error, FetchOptions, Platform, Request, Result, Row, Secret, Sql, SqlPlatform, StoreId,
    Value,
};

/// A world with a control database.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) database: Database,
}

/// The table `nonces`, or a server that does not answer.
#[derive(Clone, Default)]
pub(crate) struct Database {
    pub(crate) nonces: Rc<RefCell<BTreeMap<String, i64>>>,
    pub(crate) down: Rc<RefCell<bool>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { memory: Memory::new(), database: Database::default() }
    }
}

impl SqlPlatform for World {
    type Sql = Database;

    async fn sql(&self, database: &str) -> Result<Database> {
        assert_eq!(database, "authorworks");
        if *self.database.down.borrow() {
            Err(Error::upstream("no server at /secret/path"))
        } else {
            Ok(self.database.clone())
        }
    }
}

impl Sql for Database {
    async fn query(&self, statement: &str, _: &[Value]) -> Result<Vec<Row>> {
        assert!(statement.starts_with("SELECT 1"), "{statement}");
        Ok(vec![Row(vec![Value::Int(1)])])
    }

    async fn execute(&self, statement: &str, params: &[Value]) -> Result<u64> {
        let mut nonces = self.nonces.borrow_mut();
        match (statement.split(' ').next(), params) {
            (Some("INSERT"), [Value::Text(nonce), Value::Int(expires)])
                if statement.ends_with("ON CONFLICT DO NOTHING") =>
            {
                if nonces.contains_key(nonce) {
                    return Ok(0);
                }
                nonces.insert(nonce.clone(), *expires);
                Ok(1)
            }
            (Some("DELETE"), [Value::Int(now)]) => {
                let before = nonces.len();
                nonces.retain(|_, expires| *expires >= *now);
                Ok((before - nonces.len()) as u64)
            }
            _ => panic!("unexpected: {statement} {params:?}"),
        }
    }
}

impl Platform for World {
    const NAME: &'static str = "memory";
    const CAPS: Caps = Memory::CAPS;
    type Body = MemoryBody;
    type Kv = MemoryKv;
    type Cache = MemoryCache;
    type Pending = Pending;

    fn kv(&self, store: StoreId) -> Result<MemoryKv> {
        self.memory.kv(store)
    }

    fn cache(&self) -> &MemoryCache {
        self.memory.cache()
    }

    fn fetch(&self, backend: Backend, request: Request<Self>, options: FetchOptions) -> Pending {
        self.memory.fetch(backend, request, options)
    }

    async fn config(&self, key: &'static str) -> Result<Option<String>> {
        self.memory.config(key).await
    }

    async fn secret(&self, key: &'static str) -> Result<Secret> {
        self.memory.secret(key).await
    }

    fn now(&self) -> u64 {
        self.memory.now()
    }

    fn random(&self, out: &mut [u8]) {
        self.memory.random(out);
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + 'static {
        self.memory.sleep(duration)
    }

    fn client(&self) -> Client<'_> {
        self.memory.client()
    }

    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        self.memory.wait_until(work);
    }

    fn emit(&self, record: &[u8]) {
        self.memory.emit(record);
    }
}
