//! Everything that is taken from the Spin SDK, so that another version of it is another file.

pub(crate) use spin_sdk::{
    key_value::{Error as KeyValueError, Store},
    pg4::{Connection, DbValue, ParameterValue, PgError, QueryError},
    variables,
};
