//! `/v1/drafts/BOOK/chapters/CHAPTER/revisions`: what was saved, and how it differs; and its way back.

use aw_manuscript::Document;
use aw_openapi::JsonSchema;
use aw_platform::{ApiError, Path, Response, Result, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, rfc3339};
use serde::Serialize;

use super::{
    Cause, Saved, SceneDraft,
    diff::{Change, diff},
    routes::{shown_saved, told},
    save,
    text::document,
};
use crate::{ask::Ask, books, rights::Right};

/// A version of a chapter that was saved.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revision {
    /// From 1.
    number: i64,
    title: String,
    words: i64,
    /// The id of the account that saved it, or `operator`.
    author: String,
    /// `imported`, `written`, `moved` or `restored`.
    cause: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip)]
    id: String,
}

/// How a chapter's text changed from one revision to another.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Difference {
    from: Revision,
    to: Revision,
    /// The words, in their order.
    changes: Vec<Change>,
}

const COLUMNS: &str = "r.number, r.title, r.words, r.author, r.cause, \
    (extract(epoch FROM r.created_at) * 1000)::bigint, r.id::text";

impl Revision {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            number: row.int(0)?,
            title: row.text(1)?.to_owned(),
            words: row.int(2)?,
            author: row.text(3)?.to_owned(),
            cause: row.text(4)?.to_owned(),
            created_at: rfc3339(row.int(5)?.unsigned_abs()),
            html: None,
            id: row.text(6)?.to_owned(),
        })
    }
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts", book, "chapters", chapter, "revisions"]) => {
            let page = ask.page()?;
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let chapter = books::chapter_id(&sql, &book.id, chapter).await?;
            let select = format!(
                "SELECT {COLUMNS} FROM revisions r WHERE r.chapter = $1::text::uuid \
                 AND ($2::text IS NULL OR r.number < (SELECT o.number FROM revisions o \
                    WHERE o.chapter = r.chapter AND o.id = $2::text::uuid)) \
                 ORDER BY r.number DESC LIMIT $3::bigint"
            );
            let row: [Value; 3] = [chapter.into(), Value::from(page.after), page.limit.into()];
            let all = sql.query(&select, &row).await?.iter().map(Revision::from_row).collect::<Result<Vec<_>>>()?;
            Ok(ask.paged(page, all, |revision| revision.id.clone()))
        }
        (&Method::GET, ["v1", "drafts", book, "chapters", chapter, "revisions", number]) => {
            let number = Path::arg::<u32>(number, "revision")?;
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let chapter = books::chapter_id(&sql, &book.id, chapter).await?;
            let mut revision = find(&sql, &chapter, number).await?;
            revision.html = Some(whole(&sql, &revision).await?.html());
            Ok(ask.data(200, revision))
        }
        (&Method::GET, ["v1", "drafts", book, "chapters", chapter, "diff"]) => {
            let numbers = ["from", "to"].map(|name| ask.query(name).and_then(|n| n.parse::<u32>().ok()));
            let [Some(from), Some(to)] = numbers else {
                let why = "from and to are the numbers of two revisions";
                return Err(ApiError::bad_request("REQUEST_QUERY_INVALID", why));
            };
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let chapter = books::chapter_id(&sql, &book.id, chapter).await?;
            let (from, to) = (find(&sql, &chapter, from).await?, find(&sql, &chapter, to).await?);
            let changes = diff(&whole(&sql, &from).await?, &whole(&sql, &to).await?);
            Ok(ask.data(200, Difference { from, to, changes }))
        }
        (&Method::POST, ["v1", "books", book, "chapters", chapter, "revisions", number, "restore"]) => {
            let expected = ask.expected()?;
            let number = Path::arg::<u32>(number, "revision")?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Write).await?;
                let chapter = books::chapter(sql, &book.id, chapter).await?;
                expected.check(chapter.version)?;
                let revision = find(sql, &chapter.id, number).await?;
                let title = (revision.title != chapter.title).then_some(revision.title.as_str());
                let saved = Saved::Scenes(scenes(sql, &revision, &chapter.id).await?);
                let kept = save(ask.p, sql, ask.caller, &chapter.id, title, saved, Cause::Restored).await?;
                if kept.changed {
                    told(ask, sql, &book.id, &chapter.id).await?;
                }
                shown_saved(sql, &book.id, &chapter.id, kept).await
            });
            let chapter = done.await?;
            let version = chapter.version;
            Ok(ask.versioned(200, chapter, version))
        }
        (_, [.., "revisions" | "diff"] | [.., "revisions", _] | [.., "revisions", _, "restore"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn find<S: Sql>(sql: &S, chapter: &str, number: u32) -> Result<Revision, ApiError> {
    let select =
        format!("SELECT {COLUMNS} FROM revisions r WHERE r.chapter = $1::text::uuid AND r.number = $2::bigint");
    let none = || ApiError::new(404, "CONTENT_REVISION_NOT_FOUND", "the chapter has no such revision");
    let row = sql.query_opt(&select, &[chapter.into(), number.into()]).await?.ok_or_else(none)?;
    Ok(Revision::from_row(&row)?)
}

/// The text of a revision.
async fn whole<S: Sql>(sql: &S, revision: &Revision) -> Result<Document> {
    let select = "SELECT t.format, t.body FROM revision_scenes s JOIN texts t ON t.sha256 = s.text \
        WHERE s.revision = $1::text::uuid ORDER BY s.position";
    let rows = sql.query(select, &[(&revision.id).into()]).await?;
    let scenes = rows.iter().map(|row| document(row.text(0)?, row.text(1)?)).collect::<Result<Vec<_>>>()?;
    Ok(Document::of_scenes(scenes))
}

/// The scenes of a revision. One that went to another chapter since is a new one here.
async fn scenes<S: Sql>(sql: &S, revision: &Revision, chapter: &str) -> Result<Vec<SceneDraft>> {
    let select = "SELECT s.scene::text, s.title, t.format, t.body, EXISTS (SELECT 1 FROM scenes o \
            WHERE o.id = s.scene AND o.chapter <> $2::text::uuid) \
        FROM revision_scenes s JOIN texts t ON t.sha256 = s.text \
        WHERE s.revision = $1::text::uuid ORDER BY s.position";
    let rows = sql.query(select, &[(&revision.id).into(), chapter.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(SceneDraft {
                id: Some(row.text(0)?.to_owned()).filter(|_| !row.bool(4).unwrap_or(true)),
                title: row.text_opt(1)?.map(str::to_owned),
                document: document(row.text(2)?, row.text(3)?)?,
            })
        })
        .collect()
}
