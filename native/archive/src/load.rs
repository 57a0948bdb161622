//! Rows into a database.

use std::io::{BufRead, BufReader, Read};

use aw_platform::{Result, Sql, SqlPlatform};
use sha2::{Digest, Sha256};

use crate::{
    ArchiveError, Progress,
    catalogue::{self, Table, quoted},
    manifest::{Entry, TABLES},
    reader::Archive,
    row::{Change, Manner},
    writer::hex,
};

/// How many bytes of rows go in one statement, of rows that are no longer than that.
const BATCH: usize = 4 << 20;
/// The longest row, in bytes: what PostgreSQL takes as one text.
const ROW: u64 = 512 << 20;

/// A foreign key, and what it was before it was put off to the transaction's end.
struct Reference {
    table: String,
    name: String,
    before: &'static str,
}

/// Loads all rows of an archive, in the transaction that is open over `sql`.
///
/// # Errors
/// The archive has a table that is not there, other rows than its manifest says, or rows that the database refuses.
pub(crate) async fn load<P: SqlPlatform>(
    sql: &P::Sql,
    archive: &mut Archive,
    manner: &Manner<'_, P>,
    progress: Progress<'_>,
) -> Result<(), ArchiveError> {
    let tables = catalogue::tables(sql).await?;
    let all: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
    sql.execute("SET LOCAL timezone = 'UTC'", &[]).await?;
    let references = references(sql).await?;
    for Reference { table, name, .. } in &references {
        let defer = format!("ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED");
        sql.execute(&defer, &[]).await?;
    }
    // A migration may have brought rows of its own, which the archive has, too. The installation's tables are empty.
    sql.execute(&format!("TRUNCATE {}, edges, outbox", all.join(", ")), &[]).await?;
    for table in &all {
        sql.execute(&format!("ALTER TABLE {table} DISABLE TRIGGER USER"), &[]).await?;
    }
    let entries = archive.manifest.entries.clone();
    for entry in &entries {
        let name = entry.name.strip_prefix(TABLES).and_then(|name| name.strip_suffix(".jsonl"));
        let Some(name) = name else { continue };
        let table = tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| ArchiveError::damaged(format!("its schema has no table {name}")))?;
        progress(&format!("table {name}"));
        rows(sql, archive, entry, &Change { table, manner }).await?;
    }
    for table in &tables {
        count_on(sql, table).await?;
    }
    sql.execute("SET CONSTRAINTS ALL IMMEDIATE", &[]).await?;
    for Reference { table, name, before } in &references {
        sql.execute(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} {before}"), &[]).await?;
    }
    for table in &all {
        sql.execute(&format!("ALTER TABLE {table} ENABLE TRIGGER USER"), &[]).await?;
    }
    Ok(())
}

/// Every foreign key of the database.
async fn references<S: Sql>(sql: &S) -> Result<Vec<Reference>> {
    let select = "SELECT c.conrelid::regclass::text, c.conname::text, c.condeferrable, c.condeferred \
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace \
        WHERE c.contype = 'f' AND n.nspname = 'public' AND c.conparentid = 0 ORDER BY 1, 2";
    let reference = |row: &aw_platform::Row| {
        let before = match (row.bool(2)?, row.bool(3)?) {
            (false, _) => "NOT DEFERRABLE",
            (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
            (true, true) => "DEFERRABLE INITIALLY DEFERRED",
        };
        Ok(Reference { table: row.text(0)?.to_owned(), name: quoted(row.text(1)?), before })
    };
    sql.query(select, &[]).await?.iter().map(reference).collect()
}

/// Loads a table's rows.
async fn rows<P: SqlPlatform>(
    sql: &P::Sql,
    archive: &mut Archive,
    entry: &Entry,
    change: &Change<'_, P>,
) -> Result<(), ArchiveError> {
    let broken = |e: std::io::Error| ArchiveError::damaged(format!("{}: {e}", entry.name));
    let (columns, name) = (change.table.columns(), quoted(&change.table.name));
    let insert = format!(
        "INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE \
         SELECT {columns} FROM json_populate_recordset(NULL::{name}, $1::text::json)"
    );
    let mut reader = BufReader::with_capacity(1 << 16, archive.entry(entry)?);
    let (mut hash, mut count, mut batch, mut line) = (Sha256::new(), 0, String::from("["), Vec::new());
    loop {
        line.clear();
        (&mut reader).take(ROW).read_until(b'\n', &mut line).map_err(broken)?;
        hash.update(&line);
        let end = line.is_empty();
        if !end {
            let text = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
            let text = text.ok_or_else(|| ArchiveError::damaged(format!("{}: a line that is none", entry.name)))?;
            if batch.len() > 1 {
                batch.push(',');
            }
            if change.is_needed() {
                batch.push_str(&change.apply(text)?)
            } else {
                batch.push_str(text)
            }
            count += 1;
        }
        if batch.len() > 1 && (end || batch.len() >= BATCH) {
            batch.push(']');
            let rows = std::mem::replace(&mut batch, String::from("["));
            sql.execute(&insert, &[rows.into()]).await?;
        }
        if end {
            break;
        }
    }
    if hex(&hash.finalize()) != entry.sha256 || entry.rows != Some(count) {
        return Err(ArchiveError::damaged(format!("{} does not have its SHA-256", entry.name)));
    }
    Ok(())
}

/// Has the table's sequences go on behind what was loaded.
async fn count_on<S: Sql>(sql: &S, table: &Table) -> Result<()> {
    let name = quoted(&table.name);
    for column in &table.columns {
        if !matches!(column.kind.as_str(), "bigint" | "integer" | "smallint") {
            continue;
        }
        let sequence = "SELECT pg_get_serial_sequence($1::text, $2::text)";
        let row = sql.query(sequence, &[(&name).into(), (&column.name).into()]).await?;
        let Some(sequence) = row.first().map_or(Ok(None), |row| row.text_opt(0))? else { continue };
        let column = quoted(&column.name);
        let set =
            format!("SELECT setval($1::text::regclass, max({column})) FROM {name} HAVING max({column}) IS NOT NULL");
        sql.query(&set, &[sequence.into()]).await?;
    }
    Ok(())
}
