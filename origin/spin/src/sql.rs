//! PostgreSQL by `spin:postgres@4.0.0`.
//!
//! Spin keeps connections in a pool and does not end a transaction before it lends one again, so that one left open
//! would take the next request's statements in and lose them. Three things keep that from happening: a connection
//! that is dropped rolls back what it has open; a panic does so too, since it drops nothing; and one that is opened
//! is asked whether it is in a transaction, for the traps that run no code of ours (memory, a host that gives up).

mod address;
mod transaction;
mod value;

use std::rc::Rc;

use aw_platform::{Error, Result, Row, Sql, Value};

use crate::sdk::{Connection, PgError, QueryError};

pub(crate) use transaction::roll_back_all;
use transaction::{Step, Transaction};

/// A row where the connection is in a transaction. Spin prepares every statement before it runs it, and without a
/// transaction each of the two is one of its own: one older than the preparing of this statement was left open.
const IN_TRANSACTION: &str = "SELECT 1 FROM pg_prepared_statements WHERE prepare_time > now() LIMIT 1";

/// A connection of Spin's pool, for one request.
pub struct SpinSql {
    connection: Rc<Connection>,
    transaction: Transaction,
}

impl SpinSql {
    pub(crate) fn open(database: &str) -> Result<Self> {
        let connection = Rc::new(Connection::open(&address::of(database)?).map_err(failed)?);
        if !connection.query(IN_TRANSACTION, &[]).map_err(failed)?.rows.is_empty() {
            connection.execute("ROLLBACK", &[]).map_err(failed)?;
        }
        Ok(Self { transaction: Transaction::none(connection.clone()), connection })
    }
}

impl Sql for SpinSql {
    async fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>> {
        let params: Vec<_> = params.iter().map(value::parameter).collect();
        let step = Step::of(statement);
        self.transaction.before(step);
        let outcome = self.connection.query(statement, &params);
        self.transaction.after(step, outcome.is_ok());
        outcome.map_err(failed)?.rows.into_iter().map(value::row).collect()
    }

    async fn execute(&self, statement: &str, params: &[Value]) -> Result<u64> {
        let params: Vec<_> = params.iter().map(value::parameter).collect();
        let step = Step::of(statement);
        self.transaction.before(step);
        let outcome = self.connection.execute(statement, &params);
        self.transaction.after(step, outcome.is_ok());
        outcome.map_err(failed)
    }
}

fn failed(error: PgError) -> Error {
    match error {
        PgError::QueryFailed(QueryError::DbError(error)) => Error::Sql { code: error.code, message: error.message },
        PgError::QueryFailed(QueryError::Text(why)) => Error::upstream(format!("the database: {why}")),
        PgError::ConnectionFailed(why) => Error::upstream(format!("the database cannot be reached: {why}")),
        PgError::BadParameter(why) | PgError::ValueConversionFailed(why) | PgError::Other(why) => {
            Error::internal(format!("the database: {why}"))
        }
    }
}
