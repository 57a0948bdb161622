//! Records: what is published, under the keys of [`aw_model::key`], and their rows in the outbox.

use aw_platform::{Result, Sql, SqlExt, Value};
use serde_json::json;
use uuid::Uuid;

/// What a record is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its key.
    pub key: String,
    /// The JSON that edges get; `None` makes it a tombstone.
    pub json: Option<String>,
    /// What of its batch goes to the edges first: 0 before 1 before 2.
    pub rank: u8,
}

/// A record that was written: its key and its new version.
pub type Written = (String, u64);

/// The longest JSON of a record, in bytes: the floor of KV without room for the version.
pub const MAX: usize = 999_900;

/// Writes records in the caller's transaction, with their outbox rows for every edge. Those that say already what
/// they are to say are left alone, and are not in the result.
///
/// # Errors
/// The database refuses it.
pub async fn write<S: Sql>(sql: &S, records: &[Record], batch: Option<Uuid>) -> Result<Vec<Written>> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = records.iter().map(|r| json!({ "key": r.key, "json": r.json, "rank": r.rank })).collect();
    // Rows are locked in the order of their keys, so that two writers cannot wait for each other.
    let upsert = "INSERT INTO records AS r (key, version, json, rank) \
        SELECT key, next_version(0), json, rank \
        FROM jsonb_to_recordset($1::text::jsonb) AS x(key text, json text, rank bigint) ORDER BY key \
        ON CONFLICT (key) DO UPDATE SET version = next_version(r.version), json = excluded.json \
        WHERE r.json IS DISTINCT FROM excluded.json \
        RETURNING key, version";
    let mut written = Vec::new();
    for row in sql.query(upsert, &[json!(rows).to_string().into()]).await? {
        written.push((row.text(0)?.to_owned(), row.int(1)?.unsigned_abs()));
    }
    if !written.is_empty() {
        enqueue(sql, &written, batch).await?;
    }
    Ok(written)
}

/// A statement of its own: it must see the edges that were added while the records' rows were waited for.
async fn enqueue<S: Sql>(sql: &S, written: &[Written], batch: Option<Uuid>) -> Result<()> {
    let keys: Vec<&str> = written.iter().map(|(key, _)| key.as_str()).collect();
    let statement = "INSERT INTO outbox AS o (edge, key, version, kind, rank, batch) \
        SELECT e.name, r.key, r.version, 'record', r.rank, $2::text::uuid FROM edges e CROSS JOIN records r \
        WHERE r.key IN (SELECT jsonb_array_elements_text($1::text::jsonb)) ORDER BY e.name, r.key \
        ON CONFLICT (edge, key) DO UPDATE SET version = excluded.version, rank = excluded.rank, \
            batch = excluded.batch, attempts = 0, due_at = now() \
        WHERE o.version < excluded.version";
    sql.execute(statement, &[json!(keys).to_string().into(), Value::from(batch)]).await.map(drop)
}

/// The bytes of a record as edges keep them, and its version; `None` where there never was one.
///
/// # Errors
/// The database cannot be asked.
pub async fn read<S: Sql>(sql: &S, key: &str) -> Result<Option<(u64, Vec<u8>)>> {
    let row = sql.query_opt("SELECT version, json FROM records WHERE key = $1::text", &[key.into()]).await?;
    row.map(|row| Ok((row.int(0)?.unsigned_abs(), encode(row.int(0)?, row.text_opt(1)?)))).transpose()
}

/// The bytes of a record whose JSON is text already: see [`aw_model::record`].
pub(crate) fn encode(version: i64, json: Option<&str>) -> Vec<u8> {
    aw_model::record::join(version.unsigned_abs(), json.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_model() {
        assert_eq!(encode(7, Some("[1]")), aw_model::record::encode(7, Some(&[1])).unwrap());
        assert_eq!(encode(7, None), aw_model::record::encode::<u8>(7, None).unwrap());
    }
}
