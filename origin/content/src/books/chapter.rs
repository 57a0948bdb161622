//! One chapter of a draft.

use aw_manuscript::{Document, MAX_CHAPTERS};
use aw_model::{Access, Opening};
use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Error, Platform, Result, Row, Sql, SqlExt, Value, uuid_v7};
use serde::Serialize;

use super::details::AccessSchema;
use crate::{lifecycle::OpeningSchema, manuscript::Scene, structure::Kind};

/// A chapter as its author sees it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DraftChapter {
    /// Stays the same wherever the chapter goes.
    pub(crate) id: String,
    /// Its place in the book, from 1, and its address for readers.
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) kind: Kind,
    /// What it is besides, such as `dedication`, `preface` or `afterword`; `None` for a chapter that is only that.
    pub(crate) role: Option<String>,
    /// The id of the part that it is in.
    pub(crate) part: Option<String>,
    pub(crate) words: u32,
    /// Who may read it, once all of its openings are over.
    #[schemars(with = "AccessSchema")]
    pub(crate) access: Access,
    /// From when on who may read it; empty: always, as `access` says.
    #[schemars(with = "Vec<OpeningSchema>")]
    pub(crate) openings: Vec<Opening>,
    /// Its `ETag` without the quotes.
    pub(crate) version: i64,
    /// The number of its newest revision.
    pub(crate) revision: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
    /// Its text as a document (`shared/manuscript/src/document.rs`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub(crate) document: Option<Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scenes: Option<Vec<Scene>>,
}

const COLUMNS: &str = "c.id::text, c.number, c.title, c.words, c.access, c.version, c.kind, c.part::text, c.openings, \
    c.revision, c.role";

impl DraftChapter {
    fn from_row(row: &Row) -> Result<Self> {
        let number = |column| u32::try_from(row.int(column)?).map_err(|_| Error::internal("a number out of bounds"));
        Ok(Self {
            id: row.text(0)?.to_owned(),
            number: number(1)?,
            title: row.text(2)?.to_owned(),
            words: number(3)?,
            access: row.text(4)?.parse().map_err(|_| Error::internal("a chapter's access"))?,
            version: row.int(5)?,
            kind: Kind::parse(row.text(6)?),
            part: row.text_opt(7)?.map(str::to_owned),
            openings: serde_json::from_str(row.text(8)?).map_err(|e| Error::internal(e.to_string()))?,
            revision: row.int(9)?,
            role: row.text_opt(10)?.map(str::to_owned),
            html: None,
            document: None,
            scenes: None,
        })
    }
}

/// The book's chapters in their order, without their text.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn chapters<S: Sql>(sql: &S, book: &str) -> Result<Vec<DraftChapter>> {
    let statement = format!("SELECT {COLUMNS} FROM chapters c WHERE c.book = $1::text::uuid ORDER BY c.number");
    sql.query(&statement, &[book.into()]).await?.iter().map(DraftChapter::from_row).collect()
}

/// One chapter, by its number or id, without its text.
///
/// # Errors
/// 404 `CONTENT_CHAPTER_NOT_FOUND`.
pub(crate) async fn chapter<S: Sql>(sql: &S, book: &str, name: &str) -> Result<DraftChapter, ApiError> {
    let number = name.parse::<u32>().ok().map(i64::from);
    // PostgreSQL has no text with a NUL in it.
    let name = if name.contains('\0') { "" } else { name };
    let statement = format!(
        "SELECT {COLUMNS} FROM chapters c WHERE c.book = $1::text::uuid \
         AND CASE WHEN $3::bigint IS NULL THEN c.id::text = $2::text ELSE c.number = $3::bigint END"
    );
    let row = sql.query_opt(&statement, &[book.into(), name.into(), Value::from(number)]).await?;
    let none = || ApiError::new(404, "CONTENT_CHAPTER_NOT_FOUND", "the book has no such chapter");
    Ok(DraftChapter::from_row(&row.ok_or_else(none)?)?)
}

/// The id of the chapter of this number or id.
///
/// # Errors
/// 404 `CONTENT_CHAPTER_NOT_FOUND`.
pub(crate) async fn chapter_id<S: Sql>(sql: &S, book: &str, name: &str) -> Result<String, ApiError> {
    Ok(chapter(sql, book, name).await?.id)
}

/// Puts an empty chapter behind all others of a book that the caller has locked; its id. It has no revision yet.
///
/// # Errors
/// 422 `CONTENT_CHAPTER_INVALID` where the book is full.
pub(crate) async fn insert<P: Platform, S: Sql>(p: &P, sql: &S, book: &str, title: &str) -> Result<String, ApiError> {
    let last = "SELECT coalesce(max(number), 0)::bigint FROM chapters WHERE book = $1::text::uuid";
    let last = sql.query_opt(last, &[book.into()]).await?.map_or(Ok(0), |row| row.int(0))?;
    if usize::try_from(last).unwrap_or(usize::MAX) >= MAX_CHAPTERS {
        let why = format!("a book has at most {MAX_CHAPTERS} chapters");
        return Err(ApiError::new(422, "CONTENT_CHAPTER_INVALID", why));
    }
    let id = uuid_v7(p).to_string();
    let row: [Value; 4] = [(&id).into(), book.into(), (last + 1).into(), title.into()];
    let insert = "INSERT INTO chapters (id, book, number, position, title, words, revision, version) \
        VALUES ($1::text::uuid, $2::text::uuid, $3::bigint, 1000000, $4::text, 0, 0, 0)";
    sql.execute(insert, &row).await?;
    Ok(id)
}

/// Marks the book as changed in its chapters.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn touch<S: Sql>(sql: &S, book: &str) -> Result<()> {
    let update = "UPDATE books SET revision = revision + 1, updated_at = now() WHERE id = $1::text::uuid";
    sql.execute(update, &[book.into()]).await.map(drop)
}
