//! PostgreSQL, for origins.
//!
//! The value types are the few that every driver carries alike. Anything else crosses as text or a number and is
//! cast in the statement: `$1::text::uuid` going in, `id::text` coming out,
//! `to_timestamp($1::bigint / 1000.0)` and `(extract(epoch from at) * 1000)::bigint` for times. Always cast a
//! parameter, so that its type does not depend on its place.

use bytes::Bytes;

use crate::{Error, Platform, Result};

/// A platform with PostgreSQL: what an origin service asks for.
pub trait SqlPlatform: Platform {
    /// A connection.
    type Sql: Sql;

    /// A connection to the database named `database`, from a pool where there is one. It is in no transaction.
    ///
    /// # Errors
    /// The server cannot be reached or has no such database.
    async fn sql(&self, database: &str) -> Result<Self::Sql>;
}

/// A connection to PostgreSQL, for one request.
pub trait Sql {
    /// Runs a statement and gives its rows.
    ///
    /// # Errors
    /// [`Error::Sql`] where the server refuses it.
    async fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>>;

    /// Runs a statement and gives the number of rows it touched.
    ///
    /// # Errors
    /// [`Error::Sql`] where the server refuses it.
    async fn execute(&self, statement: &str, params: &[Value]) -> Result<u64>;
}

/// What follows from [`Sql`].
pub trait SqlExt: Sql {
    /// Runs `work` in one transaction: committed when it is `Ok`, rolled back on every other path. A connection
    /// dropped in between is rolled back by its pool before it is used again.
    ///
    /// # Errors
    /// `work`'s own, or the database's.
    async fn transaction<T, E: From<Error>>(&self, work: impl AsyncFnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        self.execute("BEGIN", &[]).await?;
        match work(self).await {
            Ok(value) => {
                self.execute("COMMIT", &[]).await?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one to tell; a rollback that fails leaves a broken connection behind.
                let _ = self.execute("ROLLBACK", &[]).await;
                Err(error)
            }
        }
    }

    /// The only row, or none.
    ///
    /// # Errors
    /// [`Error::Sql`] where the server refuses the statement.
    async fn query_opt(&self, statement: &str, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }
}

impl<S: Sql> SqlExt for S {}

/// A value on its way into or out of the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL of any type.
    Null,
    /// `boolean`
    Bool(bool),
    /// `bigint` (`smallint` and `integer` columns read as this too)
    Int(i64),
    /// `double precision` (`real` columns read as this too)
    Float(f64),
    /// `text` (`varchar` columns read as this too)
    Text(String),
    /// `bytea`
    Bytes(Bytes),
}

macro_rules! into_value {
    ($($from:ty => |$v:ident| $to:expr;)*) => { $(impl From<$from> for Value { fn from($v: $from) -> Self { $to } })* };
}
into_value! {
    bool => |v| Value::Bool(v);
    i64 => |v| Value::Int(v);
    u32 => |v| Value::Int(i64::from(v));
    f64 => |v| Value::Float(v);
    &str => |v| Value::Text(v.to_owned());
    String => |v| Value::Text(v);
    &String => |v| Value::Text(v.clone());
    Bytes => |v| Value::Bytes(v);
    uuid::Uuid => |v| Value::Text(v.to_string());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// A row of a result: values in the order of the statement's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    fn get(&self, column: usize) -> Result<&Value> {
        self.0.get(column).ok_or_else(|| Error::internal(format!("the result has no column {column}")))
    }

    fn wrong<T>(&self, column: usize, wanted: &str) -> Result<T> {
        Err(Error::internal(format!("column {column} of the result is not {wanted}")))
    }

    /// A `text` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is NULL or of another type.
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.get(column)? {
            Value::Text(s) => Ok(s),
            _ => self.wrong(column, "text"),
        }
    }

    /// A nullable `text` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is of another type.
    pub fn text_opt(&self, column: usize) -> Result<Option<&str>> {
        match self.get(column)? {
            Value::Null => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// A `bigint` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is NULL or of another type.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.get(column)? {
            Value::Int(n) => Ok(*n),
            _ => self.wrong(column, "an integer"),
        }
    }

    /// A nullable `bigint` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is of another type.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>> {
        match self.get(column)? {
            Value::Null => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A `boolean` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is NULL or of another type.
    pub fn bool(&self, column: usize) -> Result<bool> {
        match self.get(column)? {
            Value::Bool(b) => Ok(*b),
            _ => self.wrong(column, "a boolean"),
        }
    }

    /// A `bytea` column.
    ///
    /// # Errors
    /// [`Error::Internal`] where it is NULL or of another type.
    pub fn bytes(&self, column: usize) -> Result<&Bytes> {
        match self.get(column)? {
            Value::Bytes(b) => Ok(b),
            _ => self.wrong(column, "bytes"),
        }
    }
}
