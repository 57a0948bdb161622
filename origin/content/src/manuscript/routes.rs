//! `/v1/books/BOOK/chapters` and `/v1/drafts/BOOK/chapters`.

use aw_manuscript::{Document, Targets};
use aw_model::Access;
use aw_openapi::JsonSchema;
use aw_origin_data::{answer, audit, input::actor};
use aw_platform::{ApiError, Path, Response, Sql, SqlExt, SqlPlatform, Value, http::Method};
use serde::Deserialize;
use serde_json::json;

use super::{Cause, Kept, Saved, Scene, compose, of_chapter, save, targets};
use crate::{
    ask::Ask,
    books::{self, AccessRange, AccessSchema, DraftChapter, RoleSchema, checked_role, checked_title},
    lifecycle::reschedule,
    rights::Right,
    structure::{Kind, Place, insert_chapter, remove_chapter},
};

/// A chapter to be written over what is there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// Its text, cut into scenes at the `hr`s between its blocks. Say this or `document`.
    html: Option<String>,
    /// Its text as a document.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    document: Option<Document>,
    #[schemars(with = "Option<AccessSchema>")]
    access: Option<Access>,
    /// What it is besides; `null` for a chapter that is only that. What is not named stays.
    #[serde(default, deserialize_with = "books::named")]
    #[schemars(with = "Option<RoleSchema>")]
    role: Option<Option<String>>,
}

/// A chapter to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewChapterText {
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// Its text; empty where neither this nor `document` is there.
    html: Option<String>,
    /// Its text as a document.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    document: Option<Document>,
    #[schemars(with = "Option<AccessSchema>")]
    access: Option<Access>,
    /// Where it is in the book; where it is left out as its role says, else `body`.
    kind: Option<Kind>,
    /// What it is besides.
    #[schemars(with = "Option<RoleSchema>")]
    role: Option<String>,
    /// The id of the part that it is in.
    #[schemars(length(min = 36, max = 36))]
    part: Option<String>,
    /// How many of its neighbours are before it; the end where it is left out.
    position: Option<u32>,
}

/// The document that somebody sent, in one form or the other.
///
/// # Errors
/// 422 `CONTENT_CHAPTER_INVALID` for both; 413.
pub(super) fn sent(
    html: Option<&str>,
    document: Option<&Document>,
    targets: &Targets,
) -> Result<Option<Document>, ApiError> {
    match (html, document) {
        (Some(html), None) => compose(html, targets).map(Some),
        // Through the sanitiser, as every other text.
        (None, Some(document)) => compose(&document.html(), targets).map(Some),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(invalid("send html or document, not both")),
    }
}

pub(super) fn invalid(why: &'static str) -> ApiError {
    ApiError::new(422, "CONTENT_CHAPTER_INVALID", why)
}

/// A chapter with its text: as a document where `document`, else as HTML.
///
/// # Errors
/// 404.
pub(super) async fn shown<S: Sql>(
    sql: &S,
    book: &str,
    chapter: &str,
    document: bool,
) -> Result<DraftChapter, ApiError> {
    let chapter = books::chapter(sql, book, chapter).await?;
    let scenes = of_chapter(sql, &chapter.id).await?;
    Ok(with_text(chapter, scenes, document))
}

/// A chapter with the text that was just saved.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn shown_saved<S: Sql>(
    sql: &S,
    book: &str,
    chapter: &str,
    kept: Kept,
) -> Result<DraftChapter, ApiError> {
    Ok(with_text(books::chapter(sql, book, chapter).await?, kept.scenes, false))
}

fn with_text(mut chapter: DraftChapter, scenes: Vec<Scene>, document: bool) -> DraftChapter {
    let whole = Document::of_scenes(scenes.iter().map(|scene| scene.document.clone()));
    if document {
        chapter.document = Some(whole);
    } else {
        chapter.html = Some(whole.html());
    }
    chapter.scenes = Some(scenes);
    chapter
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, ["v1", "drafts", book, "chapters", chapter]) => {
            let sql = ask.sql().await?;
            let book = books::open(&sql, ask.caller, book, Right::Read).await?;
            let document = ask.query("format").as_deref() == Some("document");
            let chapter = shown(&sql, &book.id, chapter, document).await?;
            let version = chapter.version;
            Ok(ask.versioned(200, chapter, version))
        }
        (&Method::PUT, ["v1", "books", book, "chapters", chapter]) => put(ask, book, chapter).await,
        (&Method::POST, ["v1", "books", book, "chapters"]) => post(ask, book).await,
        (&Method::DELETE, ["v1", "books", book, "chapters", chapter]) => {
            let expected = ask.expected()?;
            let sql = ask.sql().await?;
            let done = sql.transaction(async |sql| {
                let book = books::lock(sql, ask.caller, book, Right::Edit).await?;
                let chapter = books::chapter(sql, &book.id, chapter).await?;
                expected.check(chapter.version)?;
                remove_chapter(sql, &book.id, &chapter.id).await?;
                reschedule(sql, &book.id).await?;
                let details = json!({ "chapter": chapter.id, "number": chapter.number, "title": chapter.title });
                Ok::<_, ApiError>(
                    audit::record(ask.p, sql, actor(ask.caller), "content.chapter.removed", &book.id, details).await?,
                )
            });
            done.await?;
            Ok(answer::nothing::<P>())
        }
        (&Method::PATCH, ["v1", "books", book, "chapters"]) => {
            let range: AccessRange = ask.json()?;
            let changed = books::set_access(ask.p, &ask.sql().await?, ask.caller, book, range).await?;
            Ok(ask.data(200, json!({ "changed": changed })))
        }
        (_, [_, _, _, "chapters"] | [_, _, _, "chapters", _]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// Writes the chapter of that number or id: one that is there where it has the version that is expected, else the one
/// after the last.
async fn put<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str, name: &str) -> Result<Response<P>, ApiError> {
    if name.len() != 36 {
        Path::arg::<u32>(name, "chapter")?;
    }
    let written: Written = ask.json()?;
    let expected = ask.expected();
    let title = checked_title(&written.title)?;
    let sql = ask.sql().await?;
    let done = sql.transaction(async |sql| {
        let book = books::lock(sql, ask.caller, book, Right::Write).await?;
        let there = match books::chapter(sql, &book.id, name).await {
            Ok(chapter) => Some(chapter),
            Err(error) if error.status() == 404 && name == (book.chapters + 1).to_string() => None,
            Err(error) if name.len() == 36 => return Err(error),
            Err(_) => {
                let why = format!("this book's next chapter is {}", book.chapters + 1);
                return Err(ApiError::new(422, "CONTENT_CHAPTER_INVALID", why));
            }
        };
        let new = there.is_none();
        let chapter = match &there {
            Some(chapter) => {
                expected?.check(chapter.version)?;
                chapter.id.clone()
            }
            None => {
                let id = books::insert(ask.p, sql, &book.id, &title).await?;
                insert_chapter(sql, &book.id, &id, &Place::default()).await?;
                id
            }
        };
        let targets = targets(sql, &book.id).await?;
        let document = sent(written.html.as_deref(), written.document.as_ref(), &targets)?;
        let document = document.ok_or_else(|| invalid("send html or document"))?;
        let retitled = there.is_none_or(|chapter| chapter.title != title).then_some(title.as_str());
        let saved = Saved::Whole(document);
        let kept = save(ask.p, sql, ask.caller, &chapter, retitled, saved, Cause::Written).await?;
        let opened = set_access(sql, &chapter, written.access.as_ref()).await?;
        let named = match &written.role {
            Some(role) => set_role(sql, &chapter, role.as_deref()).await?,
            None => false,
        };
        if (opened || named) && !kept.changed {
            books::touch(sql, &book.id).await?;
        }
        if kept.changed || opened || named {
            told(ask, sql, &book.id, &chapter).await?;
        }
        Ok((shown_saved(sql, &book.id, &chapter, kept).await?, new))
    });
    let (chapter, new) = done.await?;
    let version = chapter.version;
    Ok(ask.versioned(if new { 201 } else { 200 }, chapter, version))
}

/// Makes a chapter at a place.
async fn post<P: SqlPlatform>(ask: &Ask<'_, P>, book: &str) -> Result<Response<P>, ApiError> {
    let new: NewChapterText = ask.json()?;
    let title = checked_title(&new.title)?;
    let role = new.role.as_deref().map(checked_role).transpose()?;
    let usual = role.and_then(aw_model::matter::role).and_then(|role| role.usual);
    let kind =
        new.kind.unwrap_or_else(|| if new.part.is_some() { Kind::Body } else { usual.unwrap_or_default().into() });
    let place = Place { kind, part: new.part, position: new.position };
    ask.once(async |sql| {
        let book = books::lock(sql, ask.caller, book, Right::Write).await?;
        let id = books::insert(ask.p, sql, &book.id, &title).await?;
        insert_chapter(sql, &book.id, &id, &place).await?;
        let targets = targets(sql, &book.id).await?;
        let document = sent(new.html.as_deref(), new.document.as_ref(), &targets)?.unwrap_or_default();
        let saved = Saved::Whole(document);
        let kept = save(ask.p, sql, ask.caller, &id, Some(&title), saved, Cause::Written).await?;
        set_access(sql, &id, new.access.as_ref()).await?;
        if role.is_some() {
            set_role(sql, &id, role).await?;
        }
        reschedule(sql, &book.id).await?;
        told(ask, sql, &book.id, &id).await?;
        Ok((201, json!(shown_saved(sql, &book.id, &id, kept).await?)))
    })
    .await
}

/// Says who may read a chapter; whether that changed.
async fn set_access<S: Sql>(sql: &S, chapter: &str, access: Option<&Access>) -> Result<bool, ApiError> {
    let Some(access) = access else { return Ok(false) };
    let update = "UPDATE chapters SET access = $2::text, version = version + 1 \
        WHERE id = $1::text::uuid AND access <> $2::text";
    let row: [Value; 2] = [chapter.into(), access.to_string().into()];
    Ok(sql.execute(update, &row).await? > 0)
}

/// Says what a chapter is besides; whether that changed.
async fn set_role<S: Sql>(sql: &S, chapter: &str, role: Option<&str>) -> Result<bool, ApiError> {
    let role = role.map(checked_role).transpose()?;
    let update = "UPDATE chapters SET role = $2::text, version = version + 1 \
        WHERE id = $1::text::uuid AND role IS DISTINCT FROM $2::text";
    Ok(sql.execute(update, &[chapter.into(), role.into()]).await? > 0)
}

/// Writes down who wrote.
pub(super) async fn told<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    book: &str,
    chapter: &str,
) -> Result<(), ApiError> {
    let details = json!({ "chapter": chapter });
    Ok(audit::record(ask.p, sql, actor(ask.caller), "content.chapter.written", book, details).await?)
}
