//! Values between PostgreSQL and a component. What our components do not use is passed on as Spin passes on types
//! that it does not know: unread.

use std::error::Error as StdError;

use bytes::BytesMut;
use tokio_postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

use crate::bindings::spin::postgres::postgres::{DbDataType, DbValue, Error, ParameterValue, QueryError};

/// NULL of whatever type the statement wants.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value's bytes as the server sent them.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(raw.to_owned()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A parameter of a statement.
///
/// # Errors
/// Its type is none that this host carries.
pub fn parameter(value: ParameterValue) -> Result<Box<dyn ToSql + Send + Sync>, Error> {
    Ok(match value {
        ParameterValue::Boolean(v) => Box::new(v),
        ParameterValue::Int8(v) => Box::new(v),
        ParameterValue::Int16(v) => Box::new(v),
        ParameterValue::Int32(v) => Box::new(v),
        ParameterValue::Int64(v) => Box::new(v),
        ParameterValue::Floating32(v) => Box::new(v),
        ParameterValue::Floating64(v) => Box::new(v),
        ParameterValue::Str(v) => Box::new(v),
        ParameterValue::Binary(v) => Box::new(v),
        ParameterValue::DbNull => Box::new(Null),
        other => return Err(Error::BadParameter(format!("this host does not carry {other:?}"))),
    })
}

/// The type of a column.
pub fn data_type(kind: &Type) -> DbDataType {
    match *kind {
        Type::BOOL => DbDataType::Boolean,
        Type::BYTEA => DbDataType::Binary,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbDataType::Str,
        ref other => DbDataType::Other(other.name().to_owned()),
    }
}

/// A row's values.
///
/// # Errors
/// One of them is a `timestamptz`, which Spin cannot read either.
pub fn row(row: &Row) -> Result<Vec<DbValue>, Error> {
    (0..row.len()).map(|column| value(row, column)).collect()
}

fn value(row: &Row, column: usize) -> Result<DbValue, Error> {
    fn read<'a, T: FromSql<'a>>(row: &'a Row, column: usize, wrap: fn(T) -> DbValue) -> Result<DbValue, Error> {
        let value: Option<T> = row.try_get(column).map_err(|e| unreadable(&e.to_string()))?;
        Ok(value.map_or(DbValue::DbNull, wrap))
    }
    match *row.columns()[column].type_() {
        Type::BOOL => read(row, column, DbValue::Boolean),
        Type::BYTEA => read(row, column, DbValue::Binary),
        Type::FLOAT4 => read(row, column, DbValue::Floating32),
        Type::FLOAT8 => read(row, column, DbValue::Floating64),
        Type::INT2 => read(row, column, DbValue::Int16),
        Type::INT4 => read(row, column, DbValue::Int32),
        Type::INT8 => read(row, column, DbValue::Int64),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => read(row, column, DbValue::Str),
        Type::TIMESTAMPTZ => Err(unreadable("cannot convert between the Rust type NaiveDateTime and timestamptz")),
        _ => read(row, column, |raw: Raw| DbValue::Unsupported(raw.0)),
    }
}

fn unreadable(why: &str) -> Error {
    Error::QueryFailed(QueryError::Text(format!("error deserializing a column: {why}")))
}
