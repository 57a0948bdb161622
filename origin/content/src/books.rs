//! Books and chapters as their authors have them.

mod access;
mod chapter;
mod cover;
mod create;
mod details;
mod edit;
mod read;
mod remove;
mod routes;
mod slug;

use aw_model::{Contributor, Series};
use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Error, Result, Row, rfc3339};
use serde::Serialize;
use uuid::Uuid;

use crate::lifecycle::State;

pub(crate) use access::{AccessRange, set_access};
pub(crate) use chapter::{DraftChapter, chapter, chapter_id, chapters, insert, touch};
pub(crate) use create::{Beginning, NewChapter, create, taken};
pub(crate) use details::{
    AccessSchema, Details, NewBook, RoleSchema, SeriesSchema, checked_role, checked_title, fitted_title,
};
pub(crate) use edit::{BookChange, named};
pub(crate) use read::{find, list, lock, open};
pub(crate) use routes::{BookAnswer, DraftAnswer, route};

/// A book as its author sees it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) language: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    #[schemars(with = "Option<SeriesSchema>")]
    pub(crate) series: Option<Series>,
    /// Who else took part.
    #[schemars(with = "Vec<details::ContributorSchema>")]
    pub(crate) contributors: Vec<Contributor>,
    /// An SPDX identifier, a URL or a sentence; `None`: all rights reserved.
    pub(crate) licence: Option<String>,
    /// The number of the picture that is its cover.
    pub(crate) cover: Option<i64>,
    /// The id of the file that its cover was made of.
    pub(crate) cover_file_id: Option<Uuid>,
    pub(crate) state: State,
    /// How many chapters it has.
    pub(crate) chapters: i64,
    pub(crate) words: i64,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// First published; `None` where it never was.
    pub(crate) published_at: Option<String>,
    /// Where readers find it; `None` where they do not.
    pub(crate) published_slug: Option<String>,
    /// Whether it was changed since it was published last.
    pub(crate) changed: bool,
    /// When it is to be published.
    pub(crate) publish_at: Option<String>,
    /// Why what was due could not be done; it is tried again.
    pub(crate) problem: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    #[serde(skip)]
    pub(crate) revision: i64,
    /// Of the ETag of its structure.
    #[serde(skip)]
    pub(crate) structure: i64,
    #[serde(skip)]
    pub(crate) published_ms: Option<u64>,
}

/// The columns of table `books b` that a draft is read from.
const COLUMNS: &str = "b.id::text, b.slug, b.title, array_to_json(b.authors)::text, b.language, b.description, \
    array_to_json(b.tags)::text, b.series_name, b.series_position, \
    (SELECT count(*) FROM chapters c WHERE c.book = b.id), \
    (SELECT coalesce(sum(c.words), 0)::bigint FROM chapters c WHERE c.book = b.id), \
    (extract(epoch FROM b.created_at) * 1000)::bigint, (extract(epoch FROM b.updated_at) * 1000)::bigint, \
    (extract(epoch FROM b.published_at) * 1000)::bigint, b.published_slug, \
    b.published_revision IS DISTINCT FROM b.revision, b.cover, b.version, b.revision, \
    b.contributors, b.licence, b.state, b.structure, (extract(epoch FROM b.publish_at) * 1000)::bigint, b.due_error, \
    b.cover_file::text";

impl Draft {
    /// From [`COLUMNS`], the first of which is `first`.
    fn from_row(row: &Row, first: usize) -> Result<Self> {
        let list = |column| {
            let names = serde_json::from_str(row.text(first + column)?);
            names.map_err(|e| Error::internal(e.to_string()))
        };
        let series = match (row.text_opt(first + 7)?, row.int_opt(first + 8)?) {
            (Some(name), Some(position)) => {
                Some(Series { name: name.to_owned(), position: u32::try_from(position).unwrap_or(1) })
            }
            _ => None,
        };
        let published_ms = row.int_opt(first + 13)?.map(i64::unsigned_abs);
        Ok(Self {
            id: row.text(first)?.to_owned(),
            slug: row.text(first + 1)?.to_owned(),
            title: row.text(first + 2)?.to_owned(),
            authors: list(3)?,
            language: row.text(first + 4)?.to_owned(),
            description: row.text(first + 5)?.to_owned(),
            tags: list(6)?,
            series,
            chapters: row.int(first + 9)?,
            words: row.int(first + 10)?,
            created_at: rfc3339(row.int(first + 11)?.unsigned_abs()),
            updated_at: rfc3339(row.int(first + 12)?.unsigned_abs()),
            published_at: published_ms.map(rfc3339),
            published_slug: row.text_opt(first + 14)?.map(str::to_owned),
            changed: row.bool(first + 15)?,
            cover: row.int_opt(first + 16)?,
            cover_file_id: row.text_opt(first + 25)?.and_then(|id| id.parse().ok()),
            version: row.int(first + 17)?,
            revision: row.int(first + 18)?,
            contributors: serde_json::from_str(row.text(first + 19)?).map_err(|e| Error::internal(e.to_string()))?,
            licence: row.text_opt(first + 20)?.map(str::to_owned),
            state: State::parse(row.text(first + 21)?),
            structure: row.int(first + 22)?,
            publish_at: row.int_opt(first + 23)?.map(|ms| rfc3339(ms.unsigned_abs())),
            problem: row.text_opt(first + 24)?.map(str::to_owned),
            published_ms,
        })
    }
}

/// There is no such book.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(404, "CONTENT_BOOK_NOT_FOUND", "there is no such book")
}
