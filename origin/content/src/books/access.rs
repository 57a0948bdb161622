//! Who may read a range of chapters.

use aw_ingress::Caller;
use aw_model::Access;
use aw_openapi::JsonSchema;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Platform, Sql, SqlExt, Value};
use serde::Deserialize;
use serde_json::json;

use super::{chapter::touch, details::AccessSchema, read::lock};
use crate::{lifecycle::reschedule, rights::Right};

/// Who may read which chapters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessRange {
    #[schemars(with = "AccessSchema")]
    access: Access,
    /// The first; all from the beginning without it.
    from: Option<u32>,
    /// The last; all to the end without it.
    to: Option<u32>,
}

/// Sets who may read a range of chapters; gives how many of them changed.
///
/// # Errors
/// 404 for the book; 422 `CONTENT_RANGE_INVALID` for a range that has no chapter.
pub(crate) async fn set_access<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    book: &str,
    range: AccessRange,
) -> Result<u64, ApiError> {
    sql.transaction(async |sql| {
        let book = lock(sql, caller, book, Right::Edit).await?;
        let (from, to) = (range.from.unwrap_or(1), range.to.unwrap_or(u32::MAX));
        if from > to || from == 0 || i64::from(from) > book.chapters {
            let why = format!("the book has the chapters 1 to {}", book.chapters);
            return Err(ApiError::new(422, "CONTENT_RANGE_INVALID", why));
        }
        let row: [Value; 4] = [(&book.id).into(), from.into(), to.into(), range.access.to_string().into()];
        let update = "UPDATE chapters SET access = $4::text, version = version + 1, updated_at = now() \
            WHERE book = $1::text::uuid AND number BETWEEN $2::bigint AND $3::bigint AND access <> $4::text";
        let changed = sql.execute(update, &row).await?;
        if changed > 0 {
            // How a serial ends is what a chapter's access says.
            reschedule(sql, &book.id).await?;
            touch(sql, &book.id).await?;
            let details = json!({ "access": range.access, "from": from, "to": range.to });
            audit::record(p, sql, actor(caller), "content.access.changed", &book.id, details).await?;
        }
        Ok(changed)
    })
    .await
}
