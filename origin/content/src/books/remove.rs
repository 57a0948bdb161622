//! Removing a book.

use aw_ingress::Caller;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Platform, Sql, SqlExt};
use serde_json::json;

use super::{cover, read::lock};
use crate::{manuscript::sweep, publish::withdraw_locked, rights::Right};

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
        let book = lock(sql, caller, name, Right::Own).await?;
        expected.check(book.version)?;
        cover::clear(sql, &book).await?;
        let withdrawn = withdraw_locked(sql, tenant, &book).await?;
        let texts = "SELECT r.text FROM revision_scenes r JOIN revisions v ON v.id = r.revision \
                JOIN chapters c ON c.id = v.chapter WHERE c.book = $1::text::uuid \
            UNION SELECT s.text FROM scenes s JOIN chapters c ON c.id = s.chapter WHERE c.book = $1::text::uuid";
        let mut hashes = Vec::new();
        for row in sql.query(texts, &[(&book.id).into()]).await? {
            hashes.push(row.text(0)?.to_owned());
        }
        // Parts may be named by chapters: those go first.
        sql.execute("DELETE FROM chapters WHERE book = $1::text::uuid", &[(&book.id).into()]).await?;
        sql.execute("DELETE FROM books WHERE id = $1::text::uuid", &[(&book.id).into()]).await?;
        sweep(sql, &hashes).await?;
        audit::record(p, sql, actor(caller), "content.book.removed", &book.id, json!({ "title": book.title })).await?;
        Ok(withdrawn.is_some())
    })
    .await
}
