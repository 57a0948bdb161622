//! From when on who may read which chapter, and what is to be done for it when.

use aw_model::{Access, Opening};
use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Error, Result, Sql, SqlExt, Value};
use serde_json::json;

use super::serial::{Rhythm, width};
use crate::{books::AccessSchema, publish::LEAD};

/// From when on who may read.
#[derive(JsonSchema)]
#[schemars(rename = "Opening")]
#[expect(dead_code, reason = "a schema and no value")]
pub(crate) struct OpeningSchema {
    /// Milliseconds since 1970, UTC.
    #[schemars(range(max = 253_402_300_799_999_u64))]
    from: u64,
    access: AccessSchema,
}

/// The last millisecond of the year 9999.
const MOST: u64 = 253_402_300_799_999;

/// Openings that somebody set: in order, each wider than the one before or for another tier.
///
/// # Errors
/// 422 `CONTENT_SCHEDULE_INVALID`.
pub(super) fn checked(mut openings: Vec<Opening>) -> Result<Vec<Opening>, ApiError> {
    openings.sort_by_key(|opening| opening.from);
    if openings.len() > 10 {
        return Err(invalid("a chapter has at most 10 openings"));
    }
    if openings.iter().any(|opening| opening.from > MOST) {
        return Err(invalid("an opening is before the year 10000"));
    }
    let narrower = |pair: &[Opening]| {
        let (first, second) = (&pair[0].access, &pair[1].access);
        width(second) < width(first) || second == first
    };
    if openings.windows(2).any(narrower) {
        return Err(invalid("each opening lets in more readers than the one before"));
    }
    Ok(openings)
}

pub(super) fn invalid(why: &'static str) -> ApiError {
    ApiError::new(422, "CONTENT_SCHEDULE_INVALID", why)
}

/// The rhythm of a book's serial, where it is one.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn rhythm<S: Sql>(sql: &S, book: &str) -> Result<Option<Rhythm>> {
    let select = "SELECT first, chapters, days, (extract(epoch FROM starts_at) * 1000)::bigint, ahead \
        FROM serials WHERE book = $1::text::uuid";
    let Some(row) = sql.query_opt(select, &[book.into()]).await? else { return Ok(None) };
    let number = |column| u32::try_from(row.int(column)?).map_err(|_| Error::internal("a number out of bounds"));
    Ok(Some(Rhythm {
        first: number(0)?,
        chapters: number(1)?.max(1),
        days: number(2)?,
        starts_at: row.int(3)?.unsigned_abs(),
        ahead: serde_json::from_str(row.text(4)?).map_err(|e| Error::internal(e.to_string()))?,
    }))
}

/// Gives the chapters of a serial their openings, after chapters came, went or moved, in the transaction of a caller
/// who has locked the book. What is open stays as it is.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn reschedule<S: Sql>(sql: &S, book: &str) -> Result<(), ApiError> {
    if let Some(rhythm) = rhythm(sql, book).await? {
        apply(sql, book, &rhythm, true).await?;
    }
    Ok(plan(sql, book).await?)
}

/// Gives the chapters of a serial their openings; those that are open already too, unless they are to `stay`.
///
/// # Errors
/// The database refuses it.
pub(super) async fn apply<S: Sql>(sql: &S, book: &str, rhythm: &Rhythm, stay: bool) -> Result<()> {
    let select = "SELECT id::text, number, access FROM chapters WHERE book = $1::text::uuid AND number >= $2::bigint \
        AND NOT ($3::boolean AND released AND coalesce(opens_at <= now(), false))";
    let mut rows = Vec::new();
    for row in sql.query(select, &[book.into(), rhythm.first.into(), stay.into()]).await? {
        let access: Access = row.text(2)?.parse().map_err(|_| Error::internal("a chapter's access"))?;
        let openings = rhythm.openings(u32::try_from(row.int(1)?).unwrap_or(u32::MAX), &access);
        rows.push(json!({ "id": row.text(0)?, "openings": json!(openings).to_string() }));
    }
    let update = "UPDATE chapters c SET openings = x.openings, version = version + 1 \
        FROM jsonb_to_recordset($2::text::jsonb) AS x(id text, openings text) \
        WHERE c.book = $1::text::uuid AND c.id = x.id::uuid AND c.openings <> x.openings";
    sql.execute(update, &[book.into(), Value::from(json!(rows).to_string())]).await.map(drop)
}

/// Writes down when there is work to do for a book next: when it is to be published, or [`LEAD`] before a chapter
/// opens that readers do not have.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn plan<S: Sql>(sql: &S, book: &str) -> Result<()> {
    let update = "UPDATE chapters SET opens_at = 'epoch'::timestamptz \
            + (openings::jsonb -> 0 ->> 'from')::bigint * interval '1 millisecond' \
        WHERE book = $1::text::uuid AND opens_at IS DISTINCT FROM 'epoch'::timestamptz \
            + (openings::jsonb -> 0 ->> 'from')::bigint * interval '1 millisecond'";
    sql.execute(update, &[book.into()]).await?;
    let update = "UPDATE books b SET due_at = least(b.publish_at, CASE WHEN b.state = 'published' THEN \
            (SELECT min(c.opens_at) FROM chapters c WHERE c.book = b.id AND NOT c.released) \
            - $2::bigint * interval '1 millisecond' END) \
        WHERE b.id = $1::text::uuid";
    sql.execute(update, &[book.into(), i64::try_from(LEAD).unwrap_or(i64::MAX).into()]).await.map(drop)
}
