//! One thread's connections: a pool for each database that was asked for.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::{Duration, Instant},
};

use aw_platform::{Error, Result, limits};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio_postgres::{NoTls, error::SqlState};

use super::{NativeSql, failed};
use crate::settings::DatabaseSettings;

/// How long a request waits for a connection while all are in use.
const WAIT: Duration = Duration::from_secs(10);
/// How long the server may take to accept one.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection is kept unused: a server's connections are few, and tenants have a database each.
const IDLE: Duration = Duration::from_secs(30);
/// How often the unused are looked for.
const SWEEP: Duration = Duration::from_secs(10);

/// How many milliseconds are waited before another try where the server has no connection left.
const PAUSES: [u64; 5] = [20, 40, 80, 160, 320];

/// One thread's connections to the databases of one server, pooled by database. Needs a tokio runtime.
pub struct Databases {
    settings: Option<DatabaseSettings>,
    pools: RefCell<HashMap<String, Pool>>,
    swept: Cell<Instant>,
}

impl Databases {
    /// None so far. Without settings every connection is refused with the setting's name.
    pub fn new(settings: Option<DatabaseSettings>) -> Self {
        Self { settings, pools: RefCell::default(), swept: Cell::new(Instant::now()) }
    }

    /// A connection to `database`, in no transaction.
    ///
    /// # Errors
    /// The server cannot be reached or has no such database.
    pub async fn open(&self, database: &str) -> Result<NativeSql> {
        Ok(NativeSql::new(self.connect(database).await?))
    }

    async fn connect(&self, database: &str) -> Result<Object> {
        if self.swept.get().elapsed() > SWEEP {
            self.sweep(IDLE);
        }
        let pool = self.pool(database)?;
        for pause in PAUSES {
            match pool.get().await {
                Err(PoolError::Backend(error)) if error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS) => {
                    // Some may be our own, kept for databases that nobody asks for now. The server has room again a
                    // moment after one is closed, here or by another thread.
                    self.sweep(Duration::ZERO);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                result => return result.map_err(refused),
            }
        }
        pool.get().await.map_err(refused)
    }

    fn pool(&self, database: &str) -> Result<Pool> {
        if let Some(pool) = self.pools.borrow().get(database) {
            return Ok(pool.clone());
        }
        if !limits::database_ok(database) {
            return Err(Error::internal("a database's name is 1 to 63 of a-z, 0-9, _ and -"));
        }
        let Some(settings) = &self.settings else { return Err(Error::Missing("the setting database".into())) };
        let mut config = tokio_postgres::Config::new();
        config.port(settings.port).user(&settings.user).dbname(database).application_name("authorworks");
        config.connect_timeout(CONNECT);
        if settings.host.contains('/') {
            config.host_path(&settings.host)
        } else {
            config.host(&settings.host)
        };
        if let Some(password) = &settings.password {
            config.password(password);
        }
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(settings.connections.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .build()
            .map_err(|e| Error::internal(format!("pool: {e}")))?;
        self.pools.borrow_mut().insert(database.to_owned(), pool.clone());
        Ok(pool)
    }

    /// Closes what has been unused for `idle`.
    fn sweep(&self, idle: Duration) {
        self.swept.set(Instant::now());
        self.pools.borrow_mut().retain(|_, pool| {
            pool.retain(|_, metrics| metrics.last_used() < idle);
            pool.status().size > 0
        });
    }
}

fn refused(error: PoolError) -> Error {
    match error {
        PoolError::Timeout(_) => Error::Timeout,
        PoolError::Backend(error) => failed(error),
        other => Error::upstream(format!("database: {other}")),
    }
}
