//! Where a database is.

use aw_platform::{Error, Result, limits};

use crate::variables;

/// The variable with the server's address, without a database: `host=db port=5432 user=aw password=...` or
/// `postgres://aw:...@db:5432`.
const SERVER: &str = "database-url";

/// The connection string of the database called `database`.
pub(super) fn of(database: &str) -> Result<String> {
    let server = variables::get(SERVER)?.ok_or(Error::Missing("the setting database-url".into()))?;
    join(&server, database)
}

/// Adds the database's name to the server's address. Nothing in a name can change another part of the string: it is
/// 1 to 63 of `a-z 0-9 _ -`.
fn join(server: &str, database: &str) -> Result<String> {
    if !limits::database_ok(database) {
        return Err(Error::internal("a database's name is 1 to 63 of a-z, 0-9, _ and -"));
    }
    if !server.starts_with("postgres://") && !server.starts_with("postgresql://") {
        return Ok(format!("{server} dbname={database}"));
    }
    let (place, options) = match server.split_once('?') {
        Some((place, options)) => (place, format!("?{options}")),
        None => (server, String::new()),
    };
    Ok(format!("{}/{database}{options}", place.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn both_forms_of_an_address_take_a_database() {
        assert_eq!(join("host=db user=aw", "aw_a-b").unwrap(), "host=db user=aw dbname=aw_a-b");
        assert_eq!(join("postgres://aw:p@db:5432", "aw_demo").unwrap(), "postgres://aw:p@db:5432/aw_demo");
        let options = join("postgresql://db/?sslmode=require", "aw_1").unwrap();
        assert_eq!(options, "postgresql://db/aw_1?sslmode=require");
    }

    #[test]
    fn a_name_cannot_change_the_address() {
        for name in ["", "a b", "a'", "a host=evil", "a?sslmode=disable", "A", "ü", &"a".repeat(64)] {
            assert!(join("host=db", name).is_err(), "{name:?}");
        }
    }
}
