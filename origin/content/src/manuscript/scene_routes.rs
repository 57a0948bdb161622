//! `/v1/books/BOOK/chapters/CHAPTER/scenes`.

use aw_manuscript::Document;
use aw_openapi::JsonSchema;
use aw_origin_data::input::Match;
use aw_platform::{ApiError, Response, SqlExt, SqlPlatform, http::Method};
use serde::Deserialize;
use serde_json::json;

use super::{
    Cause, Saved, Scene, SceneDraft, history, of_chapter,
    routes::{invalid, sent, shown_saved, told},
    save, targets,
};
use crate::{
    ask::Ask,
    books::{self, DraftChapter},
    rights::Right,
};

/// A scene as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneText {
    /// For who writes.
    #[schemars(length(min = 1, max = 200))]
    title: Option<String>,
    /// Its text. Say this or `document`; of a scene that is there the text stays without either.
    html: Option<String>,
    /// Its text as a document.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    document: Option<Document>,
    /// Of a new scene: how many are before it; the end where it is left out.
    position: Option<u32>,
}

/// The scenes of a chapter in the order that they are to have, by id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneOrder {
    #[schemars(length(max = 500))]
    scenes: Vec<String>,
}

/// Where a scene is to go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneMove {
    /// The number or id of the chapter.
    chapter: String,
    /// How many of its scenes are before it; the end where it is left out.
    position: Option<u32>,
}

/// # Errors
/// What the route answers instead.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let (book, chapter, rest) = match path {
        ["v1", "books", book, "chapters", chapter, "scenes", rest @ ..] => (*book, *chapter, rest),
        _ => return Err(ApiError::not_found("there is no such page")),
    };
    match (&ask.head.method, rest) {
        (&Method::POST, []) => {
            let text: SceneText = ask.json()?;
            let title = checked(text.title.as_deref())?;
            ask.once(async |sql| {
                let chapter = change(ask, sql, book, chapter, None, Cause::Written, async |book, scenes| {
                    let targets = targets(sql, book).await?;
                    let document = sent(text.html.as_deref(), text.document.as_ref(), &targets)?.unwrap_or_default();
                    let at = text.position.map_or(scenes.len(), |p| (p as usize).min(scenes.len()));
                    scenes.insert(at, SceneDraft { id: None, title, document });
                    Ok(())
                })
                .await?;
                Ok((201, json!(chapter)))
            })
            .await
        }
        (&Method::PUT, []) => {
            let order: SceneOrder = ask.json()?;
            edit(ask, book, chapter, Cause::Moved, async |_, scenes| {
                let mut left = std::mem::take(scenes);
                for id in &order.scenes {
                    let at = left.iter().position(|scene| scene.id.as_ref() == Some(id));
                    scenes.push(left.remove(at.ok_or_else(|| invalid("name every scene of the chapter, each once"))?));
                }
                if left.is_empty() { Ok(()) } else { Err(invalid("name every scene of the chapter, each once")) }
            })
            .await
        }
        (&Method::PUT, [scene]) => {
            let text: SceneText = ask.json()?;
            let title = checked(text.title.as_deref())?;
            let sql = ask.sql().await?;
            edit(ask, book, chapter, Cause::Written, async |book, scenes| {
                let targets = targets(&sql, book).await?;
                let document = sent(text.html.as_deref(), text.document.as_ref(), &targets)?;
                let at = find(scenes, scene)?;
                scenes[at].title = title;
                if let Some(document) = document {
                    scenes[at].document = document;
                }
                Ok(())
            })
            .await
        }
        (&Method::DELETE, [scene]) => {
            edit(ask, book, chapter, Cause::Written, async |_, scenes| {
                let at = find(scenes, scene)?;
                scenes.remove(at);
                Ok(())
            })
            .await
        }
        (&Method::POST, [scene, "move"]) => relocate(ask, book, chapter, scene).await,
        (_, [] | [_] | [_, "move"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

fn checked(title: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(title) = title.map(str::trim) else { return Ok(None) };
    if (1..=200).contains(&title.chars().count()) && !title.chars().any(char::is_control) {
        return Ok(Some(title.to_owned()));
    }
    Err(invalid("a scene's title is one line of 1 to 200 characters"))
}

fn find(scenes: &[SceneDraft], id: &str) -> Result<usize, ApiError> {
    let none = || ApiError::new(404, "CONTENT_SCENE_NOT_FOUND", "the chapter has no such scene");
    scenes.iter().position(|scene| scene.id.as_deref() == Some(id)).ok_or_else(none)
}

fn drafts(scenes: Vec<Scene>) -> Vec<SceneDraft> {
    scenes.into_iter().map(|s| SceneDraft { id: Some(s.id), title: s.title, document: s.document }).collect()
}

/// Changes the scenes of a chapter of the version that `If-Match` names.
async fn edit<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    book: &str,
    chapter: &str,
    cause: Cause,
    work: impl AsyncFnOnce(&str, &mut Vec<SceneDraft>) -> Result<(), ApiError>,
) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let sql = ask.sql().await?;
    let done = sql.transaction(async |sql| change(ask, sql, book, chapter, Some(expected), cause, work).await);
    let chapter = done.await?;
    let version = chapter.version;
    Ok(ask.versioned(200, chapter, version))
}

/// As [`edit`], in the caller's transaction.
async fn change<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    book: &str,
    chapter: &str,
    expected: Option<Match>,
    cause: Cause,
    work: impl AsyncFnOnce(&str, &mut Vec<SceneDraft>) -> Result<(), ApiError>,
) -> Result<DraftChapter, ApiError> {
    let book = books::lock(sql, ask.caller, book, Right::Write).await?;
    let chapter = books::chapter(sql, &book.id, chapter).await?;
    expected.map_or(Ok(()), |expected| expected.check(chapter.version))?;
    let mut scenes = drafts(of_chapter(sql, &chapter.id).await?);
    work(&book.id, &mut scenes).await?;
    let kept = save(ask.p, sql, ask.caller, &chapter.id, None, Saved::Scenes(scenes), cause).await?;
    if kept.changed {
        told(ask, sql, &book.id, &chapter.id).await?;
    }
    shown_saved(sql, &book.id, &chapter.id, kept).await
}

/// Takes a scene to another chapter, or to another place in its own.
async fn relocate<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    book: &str,
    chapter: &str,
    scene: &str,
) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let to: SceneMove = ask.json()?;
    let sql = ask.sql().await?;
    let done = sql.transaction(async |sql| {
        let book = books::lock(sql, ask.caller, book, Right::Write).await?;
        let from = books::chapter(sql, &book.id, chapter).await?;
        expected.check(from.version)?;
        let target = books::chapter(sql, &book.id, &to.chapter).await?;
        let mut left = drafts(of_chapter(sql, &from.id).await?);
        let at = find(&left, scene)?;
        let moved = left.remove(at);
        let put = |mut scenes: Vec<SceneDraft>, moved| {
            let at = to.position.map_or(scenes.len(), |p| (p as usize).min(scenes.len()));
            scenes.insert(at, moved);
            Saved::Scenes(scenes)
        };
        let kept = if target.id == from.id {
            save(ask.p, sql, ask.caller, &from.id, None, put(left, moved), Cause::Moved).await?
        } else {
            let there = drafts(of_chapter(sql, &target.id).await?);
            let kept = save(ask.p, sql, ask.caller, &target.id, None, put(there, moved), Cause::Moved).await?;
            // Where it was, it is gone by now.
            history::record(ask.p, sql, ask.caller, &from.id, Cause::Moved).await?;
            told(ask, sql, &book.id, &from.id).await?;
            kept
        };
        told(ask, sql, &book.id, &target.id).await?;
        shown_saved(sql, &book.id, &target.id, kept).await
    });
    let chapter = done.await?;
    let version = chapter.version;
    Ok(ask.versioned(200, chapter, version))
}
