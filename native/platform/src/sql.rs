//! PostgreSQL: a connection for one request, from the thread's pool.

mod databases;
mod statement;
mod value;

use std::{cell::Cell, future::Future};

use aw_platform::{Error, Result, Row, Sql, SqlPlatform, Value};
use deadpool_postgres::Object;
use futures_util::TryStreamExt;
use tokio_postgres::{NoTls, RowStream, Statement, error::SqlState};

pub use databases::Databases;
use statement::{Effect, effect, is_kept};
use value::Param;

use crate::platform::Native;

/// A connection to PostgreSQL.
///
/// When it is dropped it goes back to the pool, unless a transaction is open or a statement is under way: then it is
/// closed, the statement cancelled, and the server rolls back.
pub struct NativeSql {
    /// There until this is dropped.
    connection: Option<Object>,
    open: Cell<bool>,
    under_way: Cell<u32>,
}

impl SqlPlatform for Native {
    type Sql = NativeSql;

    async fn sql(&self, database: &str) -> Result<NativeSql> {
        self.instance.databases.open(database).await
    }
}

impl Sql for NativeSql {
    async fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>> {
        let rows = async {
            let stream = self.start(statement, params).await?;
            stream.map_err(failed).and_then(|row| async move { value::row(&row) }).try_collect().await
        };
        self.run(statement, rows).await
    }

    async fn execute(&self, statement: &str, params: &[Value]) -> Result<u64> {
        let count = async {
            let stream = self.start(statement, params).await?;
            let mut stream = std::pin::pin!(stream);
            while stream.try_next().await.map_err(failed)?.is_some() {}
            Ok(stream.rows_affected().unwrap_or(0))
        };
        self.run(statement, count).await
    }
}

impl NativeSql {
    fn new(connection: Object) -> Self {
        Self { connection: Some(connection), open: Cell::new(false), under_way: Cell::new(0) }
    }

    fn connection(&self) -> Result<&Object> {
        self.connection.as_ref().ok_or_else(|| Error::internal("the connection has been given back"))
    }

    async fn start(&self, statement: &str, params: &[Value]) -> Result<RowStream> {
        let connection = self.connection()?;
        let prepared = self.prepare(connection, statement).await?;
        let expected = prepared.params();
        if expected.len() != params.len() {
            let (wants, has) = (expected.len(), params.len());
            return Err(Error::internal(format!("the statement takes {wants} parameters and got {has}")));
        }
        for (n, (value, ty)) in params.iter().zip(expected).enumerate() {
            if !value::suits(value, ty) {
                return Err(Error::internal(format!("parameter ${} is no {ty}: cast it in the statement", n + 1)));
            }
        }
        match connection.query_raw(&prepared, params.iter().map(Param)).await {
            Ok(stream) => Ok(stream),
            Err(error) => {
                // A kept plan whose columns a migration has changed: the next attempt plans anew.
                if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
                    connection.statement_cache.remove(statement, &[]);
                }
                Err(failed(error))
            }
        }
    }

    async fn prepare(&self, connection: &Object, statement: &str) -> Result<Statement> {
        if !is_kept(statement) {
            return connection.prepare(statement).await.map_err(failed);
        }
        if connection.statement_cache.size() >= statement::MOST_KEPT {
            connection.statement_cache.clear();
        }
        connection.prepare_cached(statement).await.map_err(failed)
    }

    /// Runs `work`, which is `statement`, and keeps count of what is open.
    async fn run<T>(&self, statement: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let effect = effect(statement);
        // Before it is sent: one that is given up half-way may have begun.
        if effect == Effect::Begins {
            self.open.set(true);
        }
        self.under_way.set(self.under_way.get() + 1);
        let result = work.await;
        self.under_way.set(self.under_way.get() - 1);
        if effect == Effect::Ends && result.is_ok() {
            self.open.set(false);
        }
        result
    }
}

impl Drop for NativeSql {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !self.open.get() && self.under_way.get() == 0 {
            return;
        }
        let client = Object::take(connection);
        if self.under_way.get() > 0 {
            let token = client.cancel_token();
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                // The server sees that a client is gone only when it answers: a long statement would go on.
                runtime.spawn(async move { drop(token.cancel_query(NoTls).await) });
            }
        }
    }
}

/// What the driver or the server says, in the port's words.
fn failed(error: tokio_postgres::Error) -> Error {
    if let Some(said) = error.as_db_error() {
        return Error::Sql { code: said.code().code().to_owned(), message: said.message().to_owned() };
    }
    // The driver's own text names the kind, its source says why.
    match std::error::Error::source(&error) {
        Some(why) => Error::upstream(format!("database: {error}: {why}")),
        None => Error::upstream(format!("database: {error}")),
    }
}
