//! Values on their way into and out of PostgreSQL.

use aw_platform::{Error, Result, Row, Value};

use crate::sdk::{DbValue, ParameterValue};

/// A parameter as Spin takes it.
pub(super) fn parameter(value: &Value) -> ParameterValue {
    match value {
        Value::Null => ParameterValue::DbNull,
        Value::Bool(b) => ParameterValue::Boolean(*b),
        Value::Int(n) => ParameterValue::Int64(*n),
        Value::Float(n) => ParameterValue::Floating64(*n),
        Value::Text(s) => ParameterValue::Str(s.clone()),
        Value::Bytes(b) => ParameterValue::Binary(b.to_vec()),
    }
}

/// A row of Spin's.
pub(super) fn row(values: Vec<DbValue>) -> Result<Row> {
    values.into_iter().enumerate().map(|(column, value)| one(column, value)).collect::<Result<_>>().map(Row)
}

fn one(column: usize, value: DbValue) -> Result<Value> {
    Ok(match value {
        DbValue::DbNull => Value::Null,
        DbValue::Boolean(b) => Value::Bool(b),
        DbValue::Int8(n) => Value::Int(n.into()),
        DbValue::Int16(n) => Value::Int(n.into()),
        DbValue::Int32(n) => Value::Int(n.into()),
        DbValue::Int64(n) => Value::Int(n),
        DbValue::Floating32(n) => Value::Float(n.into()),
        DbValue::Floating64(n) => Value::Float(n),
        DbValue::Str(s) => Value::Text(s),
        DbValue::Binary(b) => Value::Bytes(b.into()),
        _ => return Err(Error::internal(format!("column {column} has a type that has to be cast, to text for one"))),
    })
}
