//! Changing what is said of a book.

use aw_ingress::Caller;
use aw_model::Series;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Platform, Sql, SqlExt, Value};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{
    Details, Draft,
    create::taken,
    details::checked_slug,
    read::{find, lock},
};

/// What is to change; what is not named stays.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BookChange {
    title: Option<String>,
    authors: Option<Vec<String>>,
    language: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
    /// `null` takes it out of its series.
    #[serde(default, deserialize_with = "named")]
    series: Option<Option<Series>>,
    slug: Option<String>,
}

/// Tells a field that is `null` from one that is not there.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Changes a book of the version that is expected.
///
/// # Errors
/// 404, 412 for another version, 422 `CONTENT_BOOK_INVALID`, 409 `CONTENT_SLUG_TAKEN`.
pub(crate) async fn edit<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    name: &str,
    expected: Match,
    change: BookChange,
) -> Result<Draft, ApiError> {
    sql.transaction(async |sql| {
        let there = lock(sql, name).await?;
        expected.check(there.version)?;
        let slug = change.slug.map_or(Ok(there.slug), checked_slug)?;
        let details = Details {
            title: change.title.unwrap_or(there.title),
            authors: change.authors.unwrap_or(there.authors),
            language: change.language.unwrap_or(there.language),
            description: change.description.unwrap_or(there.description),
            tags: change.tags.unwrap_or(there.tags),
            series: change.series.unwrap_or(there.series),
        }
        .checked()?;
        let series = details.series.as_ref();
        let row: [Value; 9] = [
            (&there.id).into(),
            slug.into(),
            (&details.title).into(),
            json!(details.authors).to_string().into(),
            (&details.language).into(),
            (&details.description).into(),
            json!(details.tags).to_string().into(),
            series.map(|s| &s.name).into(),
            series.map(|s| s.position).into(),
        ];
        let update = "UPDATE books SET slug = $2::text, title = $3::text, \
                authors = ARRAY(SELECT jsonb_array_elements_text($4::text::jsonb)), language = $5::text, \
                description = $6::text, tags = ARRAY(SELECT jsonb_array_elements_text($7::text::jsonb)), \
                series_name = $8::text, series_position = $9::bigint, \
                version = version + 1, revision = revision + 1, updated_at = now() \
            WHERE id = $1::text::uuid";
        match sql.execute(update, &row).await {
            Err(error) if error.is_unique_violation() => return Err(taken()),
            other => other?,
        };
        audit::record(p, sql, actor(caller), "content.book.changed", &there.id, json!({})).await?;
        find(sql, &there.id).await
    })
    .await
}
