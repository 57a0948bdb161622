//! Changes of a book's order, each in the transaction of a caller who has locked the book.

use aw_platform::{ApiError, Sql, SqlExt};

use super::{
    order::{NoPlace, Order, Place},
    store::{read, write},
};
use crate::{lifecycle::reschedule, manuscript::sweep};

pub(super) fn invalid(no: NoPlace) -> ApiError {
    ApiError::new(422, "CONTENT_STRUCTURE_INVALID", no.0)
}

/// Changes the order as `change` says.
///
/// # Errors
/// 422 `CONTENT_STRUCTURE_INVALID`.
pub(super) async fn change<S: Sql>(
    sql: &S,
    book: &str,
    change: impl FnOnce(&mut Order) -> Result<(), NoPlace>,
) -> Result<(), ApiError> {
    let (mut order, _) = read(sql, book).await?;
    let before = order.clone();
    change(&mut order).map_err(invalid)?;
    if order != before {
        write(sql, book, &order).await?;
        // In a serial a chapter's number says when it opens.
        reschedule(sql, book).await?;
    }
    Ok(())
}

/// Gives a chapter whose row is new its place: behind all others it has none yet.
///
/// # Errors
/// 422 `CONTENT_STRUCTURE_INVALID`.
pub(crate) async fn insert_chapter<S: Sql>(sql: &S, book: &str, chapter: &str, place: &Place) -> Result<(), ApiError> {
    let (mut order, _) = read(sql, book).await?;
    order.remove(chapter);
    order.insert(chapter, place).map_err(invalid)?;
    Ok(write(sql, book, &order).await?)
}

/// Removes a chapter and closes the gap.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn remove_chapter<S: Sql>(sql: &S, book: &str, chapter: &str) -> Result<(), ApiError> {
    let texts = "SELECT DISTINCT r.text FROM revision_scenes r JOIN revisions v ON v.id = r.revision \
            WHERE v.chapter = $1::text::uuid \
        UNION SELECT text FROM scenes WHERE chapter = $1::text::uuid";
    let mut hashes = Vec::new();
    for row in sql.query(texts, &[chapter.into()]).await? {
        hashes.push(row.text(0)?.to_owned());
    }
    sql.query_opt("DELETE FROM chapters WHERE id = $1::text::uuid RETURNING 1::bigint", &[chapter.into()]).await?;
    let (order, _) = read(sql, book).await?;
    write(sql, book, &order).await?;
    Ok(sweep(sql, &hashes).await?)
}
