//! Changing what is said of a book.

use aw_model::{Contributor, Series};
use aw_openapi::JsonSchema;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform, Value};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use uuid::Uuid;

use super::{
    Details, Draft, cover,
    create::taken,
    details::{ContributorSchema, SeriesSchema, checked_slug},
    read::{find, lock, open},
};
use crate::{ask::Ask, publish::redirects, rights::Right};

/// What is to change; what is not named stays.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BookChange {
    #[schemars(length(min = 1, max = 500))]
    title: Option<String>,
    #[schemars(length(max = 50))]
    authors: Option<Vec<String>>,
    #[schemars(length(min = 1, max = 35))]
    language: Option<String>,
    #[schemars(length(max = 20_000))]
    description: Option<String>,
    tags: Option<Vec<String>>,
    /// `null` takes it out of its series.
    #[serde(default, deserialize_with = "named")]
    #[schemars(with = "Option<SeriesSchema>")]
    series: Option<Option<Series>>,
    #[schemars(with = "Option<Vec<ContributorSchema>>", length(max = 50))]
    contributors: Option<Vec<Contributor>>,
    /// `null` reserves all rights.
    #[serde(default, deserialize_with = "named")]
    #[schemars(with = "Option<String>")]
    licence: Option<Option<String>>,
    /// The number of the picture that is its cover; `null` takes it off.
    #[serde(default, deserialize_with = "named")]
    #[schemars(with = "Option<u32>")]
    cover: Option<Option<u32>>,
    /// The id of a stored file that becomes its cover: a picture of at most 16 MiB; `null` takes that off. Say this or
    /// `cover`.
    #[serde(default, deserialize_with = "named")]
    cover_file_id: Option<Option<Uuid>>,
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$"))]
    slug: Option<String>,
    /// Whether it may have a slug that sends readers to another book.
    #[serde(default)]
    take_slug: bool,
}

/// Tells a field that is `null` from one that is not there.
pub(crate) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Changes a book of the version that is expected.
///
/// # Errors
/// 404, 412 for another version, 422 `CONTENT_BOOK_INVALID`, 409 `CONTENT_SLUG_TAKEN`.
pub(crate) async fn edit<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    name: &str,
    expected: Match,
    change: BookChange,
) -> Result<Draft, ApiError> {
    let (p, caller, tenant) = (ask.p, ask.caller, ask.tenant);
    if change.cover.is_some() && change.cover_file_id.is_some() {
        return Err(ApiError::new(422, "CONTENT_BOOK_INVALID", "say cover or coverFileId, not both"));
    }
    let file = match change.cover_file_id.flatten() {
        Some(file) => {
            // Nothing is copied for who may not change the book.
            open(&ask.sql().await?, caller, name, Right::Edit).await?;
            Some(cover::take(ask, file).await?)
        }
        None => None,
    };
    ask.sql()
        .await?
        .transaction(async |sql| {
            let there = lock(sql, caller, name, Right::Edit).await?;
            expected.check(there.version)?;
            let slug = change.slug.map_or(Ok(there.slug.clone()), checked_slug)?;
            if slug != there.slug {
                redirects::claim(sql, tenant, &there.id, &slug, change.take_slug).await?;
            }
            let cover = match (&file, change.cover, change.cover_file_id) {
                (Some(file), ..) => Some(cover::set(sql, &there, file).await?),
                (None, Some(number), _) => {
                    cover::clear(sql, &there).await?;
                    number.map(i64::from)
                }
                (None, None, Some(_)) if there.cover_file_id.is_some() => {
                    cover::clear(sql, &there).await?;
                    None
                }
                (None, None, _) => there.cover,
            };
            let details = Details {
                title: change.title.unwrap_or(there.title),
                authors: change.authors.unwrap_or(there.authors),
                language: change.language.unwrap_or(there.language),
                description: change.description.unwrap_or(there.description),
                tags: change.tags.unwrap_or(there.tags),
                series: change.series.unwrap_or(there.series),
                contributors: change.contributors.unwrap_or(there.contributors),
                licence: change.licence.unwrap_or(there.licence),
            }
            .checked()?;
            let begin: [Value; 2] = [(&there.id).into(), slug.into()];
            let row: Vec<Value> = begin.into_iter().chain(details.values()).chain([cover.into()]).collect();
            let picture = "SELECT 1::bigint FROM assets WHERE book = $1::text::uuid AND number = $2::bigint";
            if cover != there.cover
                && cover.is_some()
                && sql.query_opt(picture, &[(&there.id).into(), cover.into()]).await?.is_none()
            {
                return Err(ApiError::new(422, "CONTENT_BOOK_INVALID", "the book has no picture of this number"));
            }
            let update = "UPDATE books SET slug = $2::text, title = $3::text, \
                authors = ARRAY(SELECT jsonb_array_elements_text($4::text::jsonb)), language = $5::text, \
                description = $6::text, tags = ARRAY(SELECT jsonb_array_elements_text($7::text::jsonb)), \
                series_name = $8::text, series_position = $9::bigint, \
                contributors = $10::text, licence = $11::text, cover = $12::bigint, \
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
