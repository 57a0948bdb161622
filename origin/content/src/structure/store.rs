//! A book's order in its rows.

use std::collections::BTreeMap;

use aw_platform::{Result, Sql, Value};
use serde_json::json;

use super::order::{Entry, Kind, Order};

/// A chapter's row: id, kind, part, position.
type Row = (String, Kind, Option<String>, i64);

/// The order of a book, and its parts' titles.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn read<S: Sql>(sql: &S, book: &str) -> Result<(Order, BTreeMap<String, String>)> {
    let select = "SELECT id::text, title, position FROM parts WHERE book = $1::text::uuid ORDER BY position, id";
    let (mut parts, mut titles) = (Vec::new(), BTreeMap::new());
    for row in sql.query(select, &[book.into()]).await? {
        parts.push((row.text(0)?.to_owned(), row.int(2)?));
        titles.insert(row.text(0)?.to_owned(), row.text(1)?.to_owned());
    }
    let select =
        "SELECT id::text, kind, part::text, position FROM chapters WHERE book = $1::text::uuid ORDER BY number";
    let mut chapters = Vec::new();
    for row in sql.query(select, &[book.into()]).await? {
        let part = row.text_opt(2)?.map(str::to_owned);
        chapters.push((row.text(0)?.to_owned(), Kind::parse(row.text(1)?), part, row.int(3)?));
    }
    Ok((order(&parts, &chapters), titles))
}

/// The order that rows say.
fn order(parts: &[(String, i64)], chapters: &[Row]) -> Order {
    let mut order = Order::default();
    let mut body: Vec<(i64, Entry)> = parts.iter().map(|(id, at)| (*at, Entry::Part(id.clone(), Vec::new()))).collect();
    let mut sorted: Vec<&Row> = chapters.iter().collect();
    sorted.sort_by_key(|(_, _, _, position)| *position);
    for (id, kind, part, position) in sorted {
        match (kind, part) {
            (Kind::Front, _) => order.front.push(id.clone()),
            (Kind::Back, _) => order.back.push(id.clone()),
            (Kind::Body, None) => body.push((*position, Entry::Chapter(id.clone()))),
            (Kind::Body, Some(part)) => {
                for (_, entry) in &mut body {
                    match entry {
                        Entry::Part(there, chapters) if there == part => chapters.push(id.clone()),
                        _ => {}
                    }
                }
            }
        }
    }
    body.sort_by_key(|(position, _)| *position);
    order.body = body.into_iter().map(|(_, entry)| entry).collect();
    order
}

/// Writes a book's order, whose row the caller has locked.
///
/// # Errors
/// The database refuses it.
pub(super) async fn write<S: Sql>(sql: &S, book: &str, order: &Order) -> Result<()> {
    let parts: Vec<_> = order.parts().into_iter().map(|(id, at)| json!({ "id": id, "position": at })).collect();
    let update = "UPDATE parts p SET position = x.position \
        FROM jsonb_to_recordset($2::text::jsonb) AS x(id text, position bigint) \
        WHERE p.book = $1::text::uuid AND p.id = x.id::uuid AND p.position <> x.position";
    sql.execute(update, &[book.into(), Value::from(json!(parts).to_string())]).await?;
    let chapters: Vec<_> = order
        .standings()
        .into_iter()
        .map(|s| json!({ "id": s.chapter, "kind": s.kind, "part": s.part, "position": s.position, "number": s.number }))
        .collect();
    let update = "UPDATE chapters c SET kind = x.kind, part = x.part::uuid, position = x.position, number = x.number \
        FROM jsonb_to_recordset($2::text::jsonb) \
            AS x(id text, kind text, part text, position bigint, number bigint) \
        WHERE c.book = $1::text::uuid AND c.id = x.id::uuid \
            AND (c.kind, c.part, c.position, c.number) IS DISTINCT FROM (x.kind, x.part::uuid, x.position, x.number)";
    sql.execute(update, &[book.into(), Value::from(json!(chapters).to_string())]).await?;
    let touch = "UPDATE books SET structure = structure + 1, revision = revision + 1, updated_at = now() \
        WHERE id = $1::text::uuid";
    sql.execute(touch, &[book.into()]).await.map(drop)
}

/// The order that is read after it was written.
#[cfg(test)]
pub(super) fn rebuilt(of: &Order) -> Order {
    let parts: Vec<_> = of.parts().into_iter().map(|(id, at)| (id.to_owned(), at as i64)).collect();
    let rows = of.standings().into_iter();
    let rows = rows.map(|s| (s.chapter.to_owned(), s.kind, s.part.map(str::to_owned), s.position as i64));
    order(&parts, &rows.collect::<Vec<_>>())
}
