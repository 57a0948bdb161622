//! Values on their way to the server and back.
//!
//! A parameter goes only where every driver would take it (Spin's is as strict): a number as `bigint`, never narrowed
//! by the place it stands in.

use std::error::Error as StdError;

use aw_platform::{Error, Result, Row, Value};
use bytes::{Bytes, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

/// Whether `value` may be sent where the server expects a `ty`.
pub(super) fn suits(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => <bool as ToSql>::accepts(ty),
        Value::Int(_) => <i64 as ToSql>::accepts(ty),
        Value::Float(_) => <f64 as ToSql>::accepts(ty),
        Value::Text(_) => <&str as ToSql>::accepts(ty),
        Value::Bytes(_) => <&[u8] as ToSql>::accepts(ty),
    }
}

/// A value as the driver sends it.
#[derive(Debug)]
pub(super) struct Param<'a>(pub(super) &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Bool(v) => v.to_sql(ty, out),
            Value::Int(v) => v.to_sql(ty, out),
            Value::Float(v) => v.to_sql(ty, out),
            Value::Text(v) => v.to_sql(ty, out),
            Value::Bytes(v) => v.as_ref().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        if suits(self.0, ty) { self.to_sql(ty, out) } else { Err(format!("a value that is no {ty}").into()) }
    }
}

/// A value as it comes, NULL excepted.
struct Column(Value);

impl<'a> FromSql<'a> for Column {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(match *ty {
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Float(f32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Value::Float(f64::from_sql(ty, raw)?),
            Type::BYTEA => Value::Bytes(Bytes::copy_from_slice(raw)),
            _ => Value::Text(String::from_sql(ty, raw)?),
        }))
    }

    fn accepts(ty: &Type) -> bool {
        let numbers = [Type::BOOL, Type::INT2, Type::INT4, Type::INT8, Type::FLOAT4, Type::FLOAT8, Type::BYTEA];
        numbers.contains(ty) || matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN)
    }
}

/// The row's values.
///
/// # Errors
/// [`Error::Internal`] for a column of a type that does not cross, by name.
pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row> {
    let value = |n: usize| {
        let column = &row.columns()[n];
        match row.try_get::<_, Option<Column>>(n) {
            Ok(found) => Ok(found.map_or(Value::Null, |column| column.0)),
            // What a function without a result gives.
            Err(_) if *column.type_() == Type::VOID => Ok(Value::Null),
            Err(_) => {
                let (name, ty) = (column.name(), column.type_());
                Err(Error::internal(format!("column {name} is a {ty}: cast it in the statement")))
            }
        }
    };
    (0..row.len()).map(value).collect::<Result<_>>().map(Row)
}
