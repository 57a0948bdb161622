//! Finding drafts.

use aw_ingress::Caller;
use aw_origin_data::input::Page;
use aw_platform::{ApiError, FromSegment, Result, Sql, SqlExt, Value};
use uuid::Uuid;

use super::{COLUMNS, Draft, not_found};
use crate::rights::{self, Right};

/// The book with this id or slug, for whoever asks.
///
/// # Errors
/// 404 `CONTENT_BOOK_NOT_FOUND`.
pub(crate) async fn find<S: Sql>(sql: &S, name: &str) -> Result<Draft, ApiError> {
    one(sql, name, "").await
}

/// The book with this id or slug, for somebody who has that right.
///
/// # Errors
/// 404 `CONTENT_BOOK_NOT_FOUND`, 403 `CONTENT_RIGHT_REQUIRED`.
pub(crate) async fn open<S: Sql>(sql: &S, caller: &Caller, name: &str, right: Right) -> Result<Draft, ApiError> {
    let Some(user) = rights::only(caller) else { return find(sql, name).await };
    let role = "(SELECT w.role FROM collaborators w WHERE w.book = b.id AND w.user_id = $2::text::uuid)";
    let statement = format!("SELECT {role}, {COLUMNS} FROM books b WHERE {}", named(name));
    let row = sql.query_opt(&statement, &[name.into(), user.into()]).await?.ok_or_else(not_found)?;
    rights::allows(row.text_opt(0)?.ok_or_else(not_found)?, right)?;
    Ok(Draft::from_row(&row, 1)?)
}

/// As [`open`]; nobody else changes the book before the caller's transaction ends.
///
/// # Errors
/// As [`open`].
pub(crate) async fn lock<S: Sql>(sql: &S, caller: &Caller, name: &str, right: Right) -> Result<Draft, ApiError> {
    let book = one(sql, name, "FOR UPDATE OF b").await?;
    rights::require(sql, caller, &book.id, right).await?;
    Ok(book)
}

async fn one<S: Sql>(sql: &S, name: &str, lock: &str) -> Result<Draft, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM books b WHERE {} {lock}", named(name));
    let row = sql.query_opt(&statement, &[name.into()]).await?.ok_or_else(not_found)?;
    Ok(Draft::from_row(&row, 0)?)
}

/// The condition for the book that `$1` names.
fn named(name: &str) -> &'static str {
    if is_id(name) { "b.id = $1::text::uuid" } else { "b.slug = $1::text" }
}

/// A page of the drafts that the caller may see, newest first.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn list<S: Sql>(sql: &S, caller: &Caller, page: Page) -> Result<Vec<Draft>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM books b WHERE ($1::text IS NULL OR b.id < $1::text::uuid) \
            AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM collaborators w \
                WHERE w.book = b.id AND w.user_id = $3::text::uuid)) \
         ORDER BY b.id DESC LIMIT $2::bigint"
    );
    let params = [Value::from(page.after), page.limit.into(), Value::from(rights::only(caller))];
    let rows = sql.query(&statement, &params).await?;
    rows.iter().map(|row| Draft::from_row(row, 0)).collect()
}

/// Whether `name` is an id as this API writes ids, and so no slug.
pub(super) fn is_id(name: &str) -> bool {
    Uuid::from_segment(name).is_some()
}
