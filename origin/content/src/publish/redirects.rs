//! Slugs that a book had: who comes to one is sent to where the book is.
//!
//! Table `redirects` has every slug under which a book was published and is no longer. While the book is published,
//! each has a record whose value is the book's slug now, so that no chain of them is longer than one.

use aw_model::key;
use aw_origin_data::records::{self, Record};
use aw_platform::{ApiError, Result, Sql, SqlExt, Value};

/// Lets a book have a slug, in the caller's transaction. One that sends readers to another book it gets only where it
/// is to `take` it: they are then sent nowhere.
///
/// # Errors
/// 409 `CONTENT_SLUG_TAKEN` where readers find another book there, 409 `CONTENT_SLUG_REDIRECTS`.
pub(crate) async fn claim<S: Sql>(sql: &S, tenant: &str, book: &str, slug: &str, take: bool) -> Result<(), ApiError> {
    let row: [Value; 2] = [slug.into(), book.into()];
    let there = "SELECT 1::bigint FROM books WHERE published_slug = $1::text AND id <> $2::text::uuid";
    if sql.query_opt(there, &row).await?.is_some() {
        return Err(crate::books::taken());
    }
    let old = "SELECT 1::bigint FROM redirects WHERE slug = $1::text AND book <> $2::text::uuid FOR UPDATE";
    if sql.query_opt(old, &row).await?.is_none() {
        return Ok(());
    }
    if !take {
        let why = "this slug sends readers to another book: say takeSlug to have it all the same";
        return Err(ApiError::new(409, "CONTENT_SLUG_REDIRECTS", why));
    }
    sql.execute("DELETE FROM redirects WHERE slug = $1::text", &[slug.into()]).await?;
    if records::read(sql, &key::moved(tenant, slug)).await?.is_some() {
        records::write(sql, &[Record { key: key::moved(tenant, slug), json: None, rank: 1 }], None).await?;
    }
    Ok(())
}

/// The records of a book's redirects when it is published under `slug`, and was under `last`.
///
/// # Errors
/// The database refuses it.
pub(super) async fn lead<S: Sql>(
    sql: &S,
    tenant: &str,
    book: &str,
    slug: &str,
    last: Option<&str>,
) -> Result<Vec<Record>> {
    keep(sql, book, last.filter(|last| *last != slug)).await?;
    let mut changes = Vec::new();
    let back = "DELETE FROM redirects WHERE slug = $1::text AND book = $2::text::uuid RETURNING slug";
    if sql.query_opt(back, &[slug.into(), book.into()]).await?.is_some()
        && records::read(sql, &key::moved(tenant, slug)).await?.is_some()
    {
        changes.push(Record { key: key::moved(tenant, slug), json: None, rank: 1 });
    }
    let to = serde_json::Value::from(slug).to_string();
    for old in slugs(sql, book).await? {
        changes.push(Record { key: key::moved(tenant, &old), json: Some(to.clone()), rank: 1 });
    }
    Ok(changes)
}

/// The records of a book's redirects when it is withdrawn from `slug`: none leads there any more, until it is
/// published again.
///
/// # Errors
/// The database refuses it.
pub(super) async fn end<S: Sql>(sql: &S, tenant: &str, book: &str, slug: &str) -> Result<Vec<Record>> {
    let old = slugs(sql, book).await?;
    keep(sql, book, Some(slug)).await?;
    Ok(old.iter().map(|old| Record { key: key::moved(tenant, old), json: None, rank: 1 }).collect())
}

async fn keep<S: Sql>(sql: &S, book: &str, slug: Option<&str>) -> Result<()> {
    let Some(slug) = slug else { return Ok(()) };
    let insert = "INSERT INTO redirects (slug, book) VALUES ($1::text, $2::text::uuid) \
        ON CONFLICT (slug) DO UPDATE SET book = excluded.book";
    sql.execute(insert, &[slug.into(), book.into()]).await.map(drop)
}

async fn slugs<S: Sql>(sql: &S, book: &str) -> Result<Vec<String>> {
    let select = "SELECT slug FROM redirects WHERE book = $1::text::uuid ORDER BY slug";
    sql.query(select, &[book.into()]).await?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}
