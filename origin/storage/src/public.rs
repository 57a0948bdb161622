//! The records by which edges know public files.

use aw_model::{PublicFile, key};
use aw_origin_data::records::{self, Record};
use aw_platform::{Error, Result, Sql};

/// Writes the record of the public files that have these bytes, in the caller's transaction, after their rows: a
/// tombstone where there are none any more.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn write<S: Sql>(sql: &S, tenant: &str, sha256: &str) -> Result<()> {
    // Of two who change files with the same bytes the second sees what the first did.
    sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('files:' || $1::text, 0))", &[sha256.into()]).await?;
    let select = "SELECT DISTINCT name, size, media_type FROM files \
        WHERE sha256 = $1::text AND state = 'stored' AND visibility = 'public' ORDER BY name LIMIT 100";
    let rows = sql.query(select, &[sha256.into()]).await?;
    let mut file: Option<PublicFile> = None;
    for row in &rows {
        let (size, media_type) = (row.int(1)?.unsigned_abs(), row.text(2)?);
        let file =
            file.get_or_insert_with(|| PublicFile { size, media_type: media_type.to_owned(), names: Vec::new() });
        file.names.push(row.text(0)?.to_owned());
    }
    let json = file.map(|file| serde_json::to_string(&file)).transpose();
    let json = json.map_err(|e| Error::internal(e.to_string()))?;
    records::write(sql, &[Record { key: key::file(tenant, sha256), json, rank: 1 }], None).await.map(drop)
}
