//! Applying a chain.

use aw_platform::{Result, Sql, SqlExt, Value};

use crate::{Kind, MigrateError, Migration};

/// What [`migrate`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The files that were applied now, in their order.
    pub files: Vec<&'static str>,
}

/// Brings the database of that kind up to date. Who comes second waits, and finds nothing to do.
///
/// # Errors
/// The database is as it was: a file was changed, is not known here, or was refused.
pub async fn migrate<S: Sql>(sql: &S, kind: Kind) -> Result<Applied, MigrateError> {
    migrate_first(sql, kind, usize::MAX).await
}

/// As [`migrate`], but no further than through the first `count` files of the chain: for what was written when there
/// were no more.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_first<S: Sql>(sql: &S, kind: Kind, count: usize) -> Result<Applied, MigrateError> {
    sql.transaction(async |sql| {
        // Any constant does: it names the lock, and is what the letters say.
        sql.execute("SELECT pg_advisory_xact_lock(x'61775f6d696772'::bigint)", &[]).await?;
        sql.execute(TABLE, &[]).await?;
        let due = due(sql, kind).await?;
        let there = kind.chain().len() - due.len();
        let due = &due[..due.len().min(count.saturating_sub(there))];
        for migration in due {
            apply(sql, migration).await?;
        }
        Ok(Applied { files: due.iter().map(|m| m.file).collect() })
    })
    .await
}

/// The files that [`migrate`] would apply; all of them where the database has never been migrated.
///
/// # Errors
/// As [`migrate`].
pub async fn pending<S: Sql>(sql: &S, kind: Kind) -> Result<Vec<&'static str>, MigrateError> {
    let there = sql.query_opt("SELECT to_regclass('migrations') IS NOT NULL", &[]).await?;
    let due = match there {
        Some(row) if row.bool(0)? => due(sql, kind).await?,
        _ => kind.chain(),
    };
    Ok(due.iter().map(|m| m.file).collect())
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (\
    number bigint PRIMARY KEY, \
    name text NOT NULL, \
    sha256 text NOT NULL, \
    applied_at timestamptz NOT NULL DEFAULT now())";

/// The rest of the chain, once what was applied is found to be its beginning.
async fn due<S: Sql>(sql: &S, kind: Kind) -> Result<&'static [Migration], MigrateError> {
    let rows = sql.query("SELECT number, name, sha256 FROM migrations ORDER BY number", &[]).await?;
    let chain = kind.chain();
    for (n, row) in rows.iter().enumerate() {
        let Some(migration) = chain.get(n).filter(|m| row.int(0).is_ok_and(|number| number == i64::from(m.number)))
        else {
            return Err(MigrateError::Unknown { file: row.text(1)?.to_owned() });
        };
        if row.text(2)? != migration.sha256() {
            return Err(MigrateError::Changed { file: migration.file });
        }
    }
    Ok(&chain[rows.len()..])
}

async fn apply<S: Sql>(sql: &S, migration: &Migration) -> Result<(), MigrateError> {
    let refused = |error| MigrateError::Refused { file: migration.file, error };
    // The port takes one statement, and this is one: the server's own lexer finds those inside, whatever they quote.
    let statement = format!("DO $do$BEGIN EXECUTE $migration${}$migration$; END$do$", migration.sql);
    sql.execute(&statement, &[]).await.map_err(refused)?;
    let row = [Value::from(migration.number), migration.file.into(), migration.sha256().into()];
    let insert = "INSERT INTO migrations (number, name, sha256) VALUES ($1::bigint, $2::text, $3::text)";
    sql.execute(insert, &row).await.map_err(refused)?;
    Ok(())
}
