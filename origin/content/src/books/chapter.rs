//! One chapter of a draft.

use aw_ingress::Caller;
use aw_manuscript::{MAX_CHAPTER, MAX_CHAPTERS, sanitise_chapter};
use aw_model::Access;
use aw_origin_data::{
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Error, Platform, Result, Row, Sql, SqlExt, Value, uuid_v7};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{details::checked_title, read::lock};

/// A chapter as its author sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DraftChapter {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) words: u32,
    pub(crate) access: Access,
    /// Its `ETag` without the quotes.
    pub(crate) version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
}

const COLUMNS: &str = "c.id::text, c.number, c.title, c.words, c.access, c.version";

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
            html: row.text_opt(6)?.map(str::to_owned),
        })
    }
}

/// The book's chapters in their order; with their text, if `html`.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn chapters<S: Sql>(sql: &S, book: &str, html: bool) -> Result<Vec<DraftChapter>> {
    let html = if html { "c.html" } else { "NULL::text" };
    let statement = format!("SELECT {COLUMNS}, {html} FROM chapters c WHERE c.book = $1::text::uuid ORDER BY c.number");
    sql.query(&statement, &[book.into()]).await?.iter().map(DraftChapter::from_row).collect()
}

/// One chapter with its text.
///
/// # Errors
/// 404 `CONTENT_CHAPTER_NOT_FOUND`.
pub(crate) async fn chapter<S: Sql>(sql: &S, book: &str, number: u32) -> Result<DraftChapter, ApiError> {
    let statement =
        format!("SELECT {COLUMNS}, c.html FROM chapters c WHERE c.book = $1::text::uuid AND c.number = $2::bigint");
    let row = sql.query_opt(&statement, &[book.into(), number.into()]).await?;
    let none = || ApiError::new(404, "CONTENT_CHAPTER_NOT_FOUND", "the book has no such chapter");
    Ok(DraftChapter::from_row(&row.ok_or_else(none)?)?)
}

/// A chapter to be written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChapterText {
    title: String,
    html: String,
    access: Option<Access>,
}

/// Writes the chapter of that number: one that is there where it has the version that is expected, else the one after
/// the last. Gives it, and whether it is new.
///
/// # Errors
/// 404 for the book, 412 for another version, 428 where none is named, 413 `CONTENT_CHAPTER_TOO_LONG`,
/// 422 `CONTENT_CHAPTER_INVALID`.
pub(crate) async fn put<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    (book, number): (&str, u32),
    expected: Result<Match, ApiError>,
    text: ChapterText,
) -> Result<(DraftChapter, bool), ApiError> {
    let title = checked_title(&text.title)?;
    sql.transaction(async |sql| {
        let book = lock(sql, book).await?;
        let next = u32::try_from(book.chapters).unwrap_or(u32::MAX).saturating_add(1);
        let new = number == next;
        if number == 0 || number > next || next as usize > MAX_CHAPTERS && new {
            let why = format!("this book's next chapter is {next}, and a book has at most {MAX_CHAPTERS}");
            return Err(ApiError::new(422, "CONTENT_CHAPTER_INVALID", why));
        }
        if !new {
            expected?.check(chapter(sql, &book.id, number).await?.version)?;
        }
        let assets = "SELECT count(*) FROM assets WHERE book = $1::text::uuid";
        let assets = sql.query_opt(assets, &[(&book.id).into()]).await?.map_or(Ok(0), |row| row.int(0))?;
        let chapters = book.chapters.max(i64::from(number));
        let (html, words) = sanitise_chapter(&text.html.replace('\0', ""), count(chapters), count(assets));
        if html.len() > MAX_CHAPTER {
            return Err(ApiError::new(
                413,
                "CONTENT_CHAPTER_TOO_LONG",
                format!("it is longer than {MAX_CHAPTER} bytes"),
            ));
        }
        let row: [Value; 7] = [
            uuid_v7(p).into(),
            (&book.id).into(),
            number.into(),
            title.into(),
            html.into(),
            words.into(),
            text.access.map(|a| a.to_string()).into(),
        ];
        let upsert = "INSERT INTO chapters AS c (id, book, number, title, html, words, access) \
            VALUES ($1::text::uuid, $2::text::uuid, $3::bigint, $4::text, $5::text, $6::bigint, \
                coalesce($7::text, 'free')) \
            ON CONFLICT (book, number) DO UPDATE SET title = excluded.title, html = excluded.html, \
                words = excluded.words, access = coalesce($7::text, c.access), version = c.version + 1, \
                updated_at = now()";
        sql.execute(upsert, &row).await?;
        touch(sql, &book.id).await?;
        audit::record(p, sql, actor(caller), "content.chapter.written", &book.id, json!({ "number": number })).await?;
        Ok((chapter(sql, &book.id, number).await?, new))
    })
    .await
}

/// Marks the book as changed in its chapters.
pub(super) async fn touch<S: Sql>(sql: &S, book: &str) -> Result<()> {
    let update = "UPDATE books SET revision = revision + 1, updated_at = now() WHERE id = $1::text::uuid";
    sql.execute(update, &[book.into()]).await.map(drop)
}

fn count(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}
