//! Removing a book.

use aw_ingress::Caller;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Platform, Sql, SqlExt};
use serde_json::json;

use super::read::lock;
use crate::publish::withdraw_locked;

/// Removes a book of the version that is expected, from the readers first. Gives whether readers had it.
///
/// # Errors
/// 404; 412 for another version.
pub(crate) async fn remove<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    tenant: &str,
    name: &str,
    expected: Match,
) -> Result<bool, ApiError> {
    sql.transaction(async |sql| {
        let book = lock(sql, name).await?;
        expected.check(book.version)?;
        let withdrawn = withdraw_locked(sql, tenant, &book).await?;
        sql.execute("DELETE FROM books WHERE id = $1::text::uuid", &[(&book.id).into()]).await?;
        audit::record(p, sql, actor(caller), "content.book.removed", &book.id, json!({ "title": book.title })).await?;
        Ok(withdrawn.is_some())
    })
    .await
}
