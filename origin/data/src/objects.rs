//! Objects: immutable, addressed by their SHA-256, kept whole in the object store and in parts at the edges.

use aw_blobs::Blobs;
use aw_model::object::{PART, is_sha256};
use aw_platform::{Error, Platform, Result, Sql, Value};
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is known of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

/// Where the object store keeps an object of `tenant`.
pub fn place(tenant: &str, sha256: &str) -> String {
    aw_model::key::object(tenant, sha256, 0)
}

/// Registers objects in the caller's transaction, with outbox rows for every edge and part; gives how many were new.
/// The object store must have them already.
///
/// # Errors
/// The database refuses it.
pub async fn register<S: Sql>(sql: &S, tenant: &str, objects: &[Object], batch: Option<Uuid>) -> Result<usize> {
    if objects.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = objects
        .iter()
        .map(|o| {
            let parts = aw_model::object::parts(o.size);
            json!({ "sha256": o.sha256, "size": o.size, "media_type": o.media_type, "parts": parts })
        })
        .collect();
    let insert = "INSERT INTO objects (sha256, size, media_type, parts) \
        SELECT DISTINCT ON (sha256) sha256, size, media_type, parts FROM jsonb_to_recordset($1::text::jsonb) \
            AS x(sha256 text, size bigint, media_type text, parts bigint) ORDER BY sha256 \
        ON CONFLICT DO NOTHING RETURNING sha256";
    let mut new = Vec::new();
    for row in sql.query(insert, &[json!(rows).to_string().into()]).await? {
        new.push(row.text(0)?.to_owned());
    }
    if !new.is_empty() {
        let statement = format!(
            "{ENQUEUE} FROM edges e CROSS JOIN objects o CROSS JOIN generate_series(0, o.parts - 1) AS part \
             WHERE o.sha256 IN (SELECT jsonb_array_elements_text($3::text::jsonb)) \
             ORDER BY 1, 2 ON CONFLICT DO NOTHING"
        );
        let params = [tenant.into(), Value::from(batch), json!(new).to_string().into()];
        sql.execute(&statement, &params).await?;
    }
    Ok(new.len())
}

/// The beginning of a statement that puts objects' parts into the outbox: `$1` is the tenant, `$2` the batch; it goes
/// on with tables `e` of edges and `o` of objects, and a number `part`.
pub(crate) const ENQUEUE: &str = "INSERT INTO outbox (edge, key, version, kind, rank, batch) \
    SELECT e.name, 'o/' || $1::text || '/' || o.sha256 || CASE WHEN part = 0 THEN '' ELSE '/' || part END, \
        0, 'object', 0, $2::text::uuid";

/// The bytes of a part of an object, from the object store.
///
/// # Errors
/// The store does not have it or cannot be reached.
pub async fn read_part<P: Platform>(p: &P, blobs: &Blobs, tenant: &str, sha256: &str, part: u64) -> Result<Bytes> {
    read_part_at(p, blobs, &place(tenant, sha256), part).await
}

/// As [`read_part`], of the object under a key of the object store.
///
/// # Errors
/// As [`read_part`].
pub async fn read_part_at<P: Platform>(p: &P, blobs: &Blobs, place: &str, part: u64) -> Result<Bytes> {
    let found = blobs.get_range(p, place, part * PART, PART).await?;
    let object = found.ok_or_else(|| Error::internal("an object is missing from the object store"))?;
    object.body.bytes(PART as usize).await
}

/// The SHA-256 and the part's number of an object's [key](aw_model::key::object); `None` for what is none.
pub fn parse_key(key: &str) -> Option<(&str, u64)> {
    let mut segments = key.strip_prefix("o/")?.split('/');
    let (_, sha256, number, end) = (segments.next()?, segments.next()?, segments.next(), segments.next());
    let number = number.map_or(Some(0), |n| n.parse().ok())?;
    (is_sha256(sha256) && end.is_none()).then_some((sha256, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_parts() {
        let sha = sha256(b"");
        for part in [0, 1, 12] {
            assert_eq!(parse_key(&aw_model::key::object("t", &sha, part)), Some((sha.as_str(), u64::from(part))));
        }
        for wrong in ["m/t/x", "o/t", "o/t/short", &format!("o/t/{sha}/1/2"), &format!("o/t/{sha}/x")] {
            assert_eq!(parse_key(wrong), None, "{wrong}");
        }
    }
}
