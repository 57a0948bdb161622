//! Databases: one for control, one for each tenant.

use aw_platform::{Error, Result, Sql, SqlExt};

use crate::{Applied, Kind, MigrateError, migrate};

/// The name of a tenant's database.
pub fn tenant_database(tenant: &str) -> String {
    format!("aw_{tenant}")
}

/// Creates the database `name` (1 to 63 of `a-z 0-9 _ -`) unless it is there, over a connection to any other one.
/// Safe to repeat, and to run twice at once.
///
/// # Errors
/// The role may not create databases; a name that is none.
pub async fn create_database<S: Sql>(sql: &S, name: &str) -> Result<()> {
    check_name(name)?;
    let found = sql.query_opt("SELECT 1::bigint FROM pg_database WHERE datname = $1::text", &[name.into()]).await?;
    if found.is_some() {
        return Ok(());
    }
    // Nobody is ever connected to template0, which would forbid the copy. Keys sort by bytes on every machine.
    let create = format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    match sql.execute(&create, &[]).await {
        // Somebody else was faster: 42P04, or the catalogue's own index.
        Err(Error::Sql { code, .. }) if code == "42P04" || code == "23505" => Ok(()),
        other => other.map(drop),
    }
}

/// Drops the database `name`, with who is connected to it, over a connection to another one; one that is not there is no
/// error.
///
/// # Errors
/// It is another role's; a name that is none.
pub async fn drop_database<S: Sql>(sql: &S, name: &str) -> Result<()> {
    check_name(name)?;
    match sql.execute(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"), &[]).await {
        // Somebody else was faster.
        Err(Error::Sql { code, .. }) if code == "3D000" => Ok(()),
        other => other.map(drop),
    }
}

fn check_name(name: &str) -> Result<()> {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let is_name = (1..=63).contains(&name.len()) && name.bytes().all(ok);
    if is_name { Ok(()) } else { Err(Error::internal("no database can have this name")) }
}

/// Brings the control database `control` and every tenant's up to date, creating the first where it is missing;
/// gives the databases in which something was applied. `connect` gives a connection to the database of that name.
///
/// # Errors
/// At the first database that cannot be migrated; those before it are done.
pub async fn migrate_all<S: Sql>(
    connect: impl AsyncFn(&str) -> Result<S>,
    control: &str,
) -> Result<Vec<(String, Applied)>, MigrateError> {
    create_database(&connect("postgres").await?, control).await?;
    let sql = connect(control).await?;
    let mut done = vec![(control.to_owned(), migrate(&sql, Kind::Control).await?)];
    for row in sql.query("SELECT id FROM tenants WHERE ready_at IS NOT NULL ORDER BY id", &[]).await? {
        let name = tenant_database(row.text(0)?);
        let applied = migrate(&connect(&name).await?, Kind::Tenant).await?;
        done.push((name, applied));
    }
    done.retain(|(_, applied)| !applied.files.is_empty());
    Ok(done)
}
