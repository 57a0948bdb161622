//! Shelves in the database, and their records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aw_model::{BookCard, Leaf, Shelf, catalogue::LEAF, key};
use aw_origin_data::records::{self, Record};
use aw_platform::{Error, Result, Sql, Value};
use serde_json::json;

use super::{
    placement::{self, NEWEST, Standing},
    run::{text, written},
};

/// Puts a book on the shelves that it is to stand on and takes it from all others, in the caller's transaction; gives
/// the records that say so. `card` is what they show of it.
///
/// # Errors
/// The database refuses it.
pub(super) async fn place<S: Sql>(
    sql: &S,
    tenant: &str,
    book: &str,
    wanted: &BTreeMap<String, String>,
    card: Option<&BookCard>,
) -> Result<Vec<Record>> {
    let standings = lock(sql, book, wanted).await?;
    let changes: Vec<_> = standings
        .iter()
        .filter_map(|(name, standing)| {
            let change = placement::change(standing, card.is_some() && wanted.contains_key(name))?;
            Some((name, standing, change))
        })
        .collect();
    let leaf_keys: Vec<String> = changes.iter().map(|(name, _, c)| key::leaf(tenant, name, c.leaf)).collect();
    let mut leaves = read_leaves(sql, &leaf_keys).await?;
    let (mut rows, mut records) = (Vec::new(), Vec::new());
    for ((name, standing, change), leaf_key) in changes.into_iter().zip(leaf_keys) {
        rows.push(json!({ "shelf": name, "next": change.shelf.next, "count": change.shelf.count,
                          "placed": change.placed, "taken": change.taken }));
        let leaf = leaves.remove(&leaf_key).unwrap_or_default();
        let ordinal = change.placed.or(standing.ordinal).unwrap_or_default();
        debug_assert_eq!(ordinal / LEAF, change.leaf);
        let leaf = placement::leaf(leaf, ordinal, card.filter(|_| !change.taken));
        let shown = change.shelf.count > 0 || name == NEWEST;
        let head = shown.then(|| text(&change.shelf)).transpose()?;
        records.push(Record { key: key::shelf(tenant, name), json: head, rank: 2 });
        records.push(Record { key: leaf_key, json: Some(written(leaf.to_json())?), rank: 2 });
    }
    store(sql, book, &json!(rows)).await?;
    Ok(records)
}

/// Takes a book from all shelves, in the caller's transaction; how many records changed.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn leave<S: Sql>(sql: &S, tenant: &str, book: &str) -> Result<usize> {
    let changes = place(sql, tenant, book, &BTreeMap::new(), None).await?;
    Ok(records::write(sql, &changes, book.parse().ok()).await?.len())
}

/// The shelves that the book stands on or is to stand on, locked in the order of their names.
async fn lock<S: Sql>(sql: &S, book: &str, wanted: &BTreeMap<String, String>) -> Result<BTreeMap<String, Standing>> {
    let stands = sql.query("SELECT shelf, ordinal FROM placements WHERE book = $1::text::uuid", &[book.into()]).await?;
    let mut ordinals = HashMap::new();
    for row in &stands {
        ordinals.insert(row.text(0)?, row.int(1)?.unsigned_abs());
    }
    let rows: Vec<_> = wanted.iter().map(|(shelf, name)| json!({ "shelf": shelf, "name": name })).collect();
    let insert = "INSERT INTO shelves (shelf, name) SELECT shelf, name \
        FROM jsonb_to_recordset($1::text::jsonb) AS x(shelf text, name text) ORDER BY shelf ON CONFLICT DO NOTHING";
    sql.execute(insert, &[json!(rows).to_string().into()]).await?;
    let all: BTreeSet<&str> = wanted.keys().map(String::as_str).chain(ordinals.keys().copied()).collect();
    let select = "SELECT shelf, name, count, next FROM shelves \
        WHERE shelf IN (SELECT jsonb_array_elements_text($1::text::jsonb)) ORDER BY shelf FOR UPDATE";
    let mut standings = BTreeMap::new();
    for row in sql.query(select, &[json!(all).to_string().into()]).await? {
        let shelf = Shelf {
            name: row.text(1)?.to_owned(),
            count: row.int(2)?.unsigned_abs(),
            next: row.int(3)?.unsigned_abs(),
        };
        let ordinal = ordinals.get(row.text(0)?).copied();
        standings.insert(row.text(0)?.to_owned(), Standing { shelf, ordinal });
    }
    Ok(standings)
}

async fn read_leaves<S: Sql>(sql: &S, keys: &[String]) -> Result<HashMap<String, Leaf>> {
    let select = "SELECT key, json FROM records \
        WHERE json IS NOT NULL AND key IN (SELECT jsonb_array_elements_text($1::text::jsonb))";
    let mut leaves = HashMap::new();
    for row in sql.query(select, &[json!(keys).to_string().into()]).await? {
        let leaf = serde_json::from_str(row.text(1)?).map_err(|e| Error::internal(format!("a leaf: {e}")))?;
        leaves.insert(row.text(0)?.to_owned(), leaf);
    }
    Ok(leaves)
}

async fn store<S: Sql>(sql: &S, book: &str, rows: &serde_json::Value) -> Result<()> {
    let rows = Value::from(rows.to_string());
    let update = "UPDATE shelves s SET next = x.next, count = x.count \
        FROM jsonb_to_recordset($1::text::jsonb) AS x(shelf text, next bigint, count bigint) \
        WHERE s.shelf = x.shelf AND (s.next, s.count) IS DISTINCT FROM (x.next, x.count)";
    sql.execute(update, std::slice::from_ref(&rows)).await?;
    let delete = "DELETE FROM placements WHERE book = $2::text::uuid AND shelf IN ( \
        SELECT shelf FROM jsonb_to_recordset($1::text::jsonb) AS x(shelf text, taken boolean) WHERE taken)";
    sql.execute(delete, &[rows.clone(), book.into()]).await?;
    let insert = "INSERT INTO placements (shelf, ordinal, book) SELECT shelf, placed, $2::text::uuid \
        FROM jsonb_to_recordset($1::text::jsonb) AS x(shelf text, placed bigint) WHERE placed IS NOT NULL";
    sql.execute(insert, &[rows, book.into()]).await.map(drop)
}
