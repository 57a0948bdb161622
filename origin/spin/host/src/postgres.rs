//! `spin:postgres@4.0.0`, with Spin's pool: connections go back with whatever transaction they are in.

mod types;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::{Config, NoTls, config::Host as Server, types::ToSql};
use wasmtime::{Result, component::Resource};

use crate::{
    bindings::spin::postgres::postgres::{
        Column, DbError, Error, Host, HostConnection, ParameterValue, QueryError, RowSet,
    },
    state::State,
};

/// Most connections to one address, as in Spin.
const CONNECTIONS: usize = 64;

/// The pools by connection string.
#[derive(Default)]
pub struct Pools(Mutex<HashMap<String, Pool>>);

impl Pools {
    fn of(&self, address: &str, config: Config) -> Result<Pool, Error> {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(address) {
            return Ok(pool.clone());
        }
        let clean = ManagerConfig { recycling_method: RecyclingMethod::Clean };
        let manager = Manager::from_config(config, NoTls, clean);
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
        let pool = pool.map_err(|e| Error::ConnectionFailed(e.to_string()))?;
        pools.insert(address.to_owned(), pool.clone());
        Ok(pool)
    }
}

/// A connection that is lent to a component.
pub struct Lent(Arc<Object>);

impl State {
    /// The address that a connection string names, if this component may connect to it.
    fn permitted(&self, address: &str) -> Result<Config, Error> {
        let config: Config = address.parse().map_err(|e| Error::ConnectionFailed(format!("{e}")))?;
        let ports = config.get_ports();
        for (n, host) in config.get_hosts().iter().enumerate() {
            let Server::Tcp(host) = host else {
                return Err(Error::ConnectionFailed("Unix sockets are not supported on WebAssembly".into()));
            };
            let port = ports.get(n).or(ports.first()).copied();
            if !self.component.allowed.allows("postgres", host, port) {
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                return Err(Error::ConnectionFailed(format!("address postgres://{host}{port} is not permitted")));
            }
        }
        Ok(config)
    }

    async fn lend(&mut self, address: &str) -> Result<Result<Resource<Lent>, Error>> {
        let pool = self.permitted(address).and_then(|config| self.component.pools.of(address, config));
        let pool = match pool {
            Ok(pool) => pool,
            Err(e) => return Ok(Err(e)),
        };
        match pool.get().await {
            Ok(connection) => Ok(Ok(self.table.push(Lent(Arc::new(connection)))?)),
            Err(e) => Ok(Err(Error::ConnectionFailed(format!("{e:?}")))),
        }
    }
}

fn failed(error: &tokio_postgres::Error) -> Error {
    let text = format!("{error:?}");
    Error::QueryFailed(match error.as_db_error() {
        None => QueryError::Text(text),
        Some(e) => QueryError::DbError(DbError {
            as_text: text,
            severity: e.severity().to_owned(),
            code: e.code().code().to_owned(),
            message: e.message().to_owned(),
            detail: e.detail().map(str::to_owned),
            extras: Vec::new(),
        }),
    })
}

async fn query(connection: &Object, statement: &str, params: Vec<ParameterValue>) -> Result<RowSet, Error> {
    let params = params.into_iter().map(types::parameter).collect::<Result<Vec<_>, _>>()?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| &**p as _).collect();
    let rows = connection.query(statement, &params).await.map_err(|e| failed(&e))?;
    // Spin tells the columns by the first row: an empty result has none.
    let columns = rows.first().map(|row| {
        let column =
            |c: &tokio_postgres::Column| Column { name: c.name().to_owned(), data_type: types::data_type(c.type_()) };
        row.columns().iter().map(column).collect()
    });
    let rows = rows.iter().map(types::row).collect::<Result<_, _>>()?;
    Ok(RowSet { columns: columns.unwrap_or_default(), rows })
}

async fn execute(connection: &Object, statement: &str, params: Vec<ParameterValue>) -> Result<u64, Error> {
    let params = params.into_iter().map(types::parameter).collect::<Result<Vec<_>, _>>()?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| &**p as _).collect();
    connection.execute(statement, &params).await.map_err(|e| failed(&e))
}

impl Host for State {}

impl HostConnection for State {
    async fn open(&mut self, address: String) -> Result<Result<Resource<Lent>, Error>> {
        self.lend(&address).await
    }

    async fn query(
        &mut self,
        connection: Resource<Lent>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> Result<Result<RowSet, Error>> {
        let connection = self.table.get(&connection)?.0.clone();
        Ok(query(&connection, &statement, params).await)
    }

    async fn execute(
        &mut self,
        connection: Resource<Lent>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> Result<Result<u64, Error>> {
        let connection = self.table.get(&connection)?.0.clone();
        Ok(execute(&connection, &statement, params).await)
    }

    async fn drop(&mut self, connection: Resource<Lent>) -> Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}
