//! The reference platform with a database that knows a few statements: the ingress's own.

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

/// Tenant, who asks, minute.
type Counted = (String, String, i64);

/// The tables `nonces` and `rates` and one tenant's quota, or a server that does not answer.
#[derive(Clone, Default)]
pub(crate) struct Database {
    pub(crate) nonces: Rc<RefCell<BTreeMap<String, i64>>>,
    pub(crate) rates: Rc<RefCell<BTreeMap<Counted, i64>>>,
    pub(crate) quota: Rc<RefCell<Option<i64>>>,
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
    async fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>> {
        if statement.starts_with("WITH taken") {
            let [Value::Text(nonce), Value::Int(expires), tenant, who, Value::Int(minute)] = params else {
                panic!("{params:?}")
            };
            if self.nonces.borrow_mut().insert(nonce.clone(), *expires).is_some() {
                return Ok(vec![Row(vec![Value::Int(0), Value::Null, Value::Null, Value::Null])]);
            }
            let quota = Value::from(*self.quota.borrow());
            let (Value::Text(tenant), Value::Text(who)) = (tenant, who) else {
                return Ok(vec![Row(vec![Value::Int(1), Value::Null, Value::Null, quota])]);
            };
            let count = |who: &str| {
                let mut rates = self.rates.borrow_mut();
                let count = rates.entry((tenant.clone(), who.to_owned(), *minute)).or_default();
                *count += 1;
                Value::Int(*count)
            };
            let everybody = if quota == Value::Null { Value::Null } else { count("") };
            return Ok(vec![Row(vec![Value::Int(1), count(who), everybody, quota])]);
        }
        assert!(statement.starts_with("SELECT 1"), "{statement}");
        Ok(vec![Row(vec![Value::Int(1)])])
    }

    async fn execute(&self, statement: &str, params: &[Value]) -> Result<u64> {
        let mut nonces = self.nonces.borrow_mut();
        match (statement.split(' ').next(), params) {
            (Some("DELETE"), [Value::Int(minute)]) if statement.contains("rates") => {
                self.rates.borrow_mut().retain(|(_, _, counted), _| counted >= minute);
                Ok(0)
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
