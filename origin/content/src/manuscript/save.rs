//! The one way of a text into a chapter.

use std::collections::HashSet;

use aw_ingress::Caller;
use aw_manuscript::Document;
use aw_platform::{ApiError, Platform, Result, Sql, Value, uuid_v7};
use serde_json::json;

use super::{
    history::{self, Cause},
    matching::matching,
    scenes::{Scene, of_chapter},
    text::{Text, keep},
};

/// Most scenes of a chapter.
pub(crate) const MAX_SCENES: usize = 500;

/// The source of a scene whose text is what was saved here.
const DOCUMENT: &str = "document";

/// A scene as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SceneDraft {
    /// One that is there; a new one without.
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) document: Document,
}

/// A chapter's text as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Saved {
    /// In one piece: cut into scenes at its breaks, which keep their ids and titles as well as can be.
    Whole(Document),
    /// Scene by scene.
    Scenes(Vec<SceneDraft>),
}

/// What a chapter's text is once it was saved.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Its scenes in their order.
    pub(crate) scenes: Vec<Scene>,
    /// Whether anything changed.
    pub(crate) changed: bool,
}

/// Saves a chapter, whose book the caller has locked, as a new revision: its title, where it changes, and its text.
///
/// # Errors
/// 409 `CONTENT_SCENE_ELSEWHERE` for a scene that an editor keeps; 422 `CONTENT_CHAPTER_INVALID` for too many scenes.
pub(crate) async fn save<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    chapter: &str,
    title: Option<&str>,
    saved: Saved,
    cause: Cause,
) -> Result<Kept, ApiError> {
    let there = of_chapter(sql, chapter).await?;
    let drafts = match saved {
        Saved::Scenes(drafts) => drafts,
        Saved::Whole(document) => matched(&there, document)?,
    };
    if drafts.len() > MAX_SCENES {
        let why = format!("a chapter has at most {MAX_SCENES} scenes");
        return Err(ApiError::new(422, "CONTENT_CHAPTER_INVALID", why));
    }
    let texts = drafts.iter().map(|draft| Text::new(&draft.document)).collect::<Result<Vec<_>>>()?;
    // A text of before documents says the same in another form.
    let same =
        |old: &Scene, draft: &SceneDraft, text: &Text| old.sha256 == text.sha256 || old.document == draft.document;
    let named: HashSet<&str> = drafts.iter().filter_map(|draft| draft.id.as_deref()).collect();
    let elsewhere = there.iter().filter(|scene| scene.source != DOCUMENT).any(|scene| {
        let found = drafts.iter().zip(&texts).find(|(draft, _)| draft.id.as_ref() == Some(&scene.id));
        found.is_none_or(|(draft, text)| !same(scene, draft, text))
    });
    if elsewhere {
        let why = "an editor keeps the text of one of these scenes: write it there";
        return Err(ApiError::new(409, "CONTENT_SCENE_ELSEWHERE", why));
    }
    let unchanged = there.len() == drafts.len()
        && there.iter().zip(drafts.iter().zip(&texts)).all(|(old, (draft, text))| {
            draft.id.as_ref() == Some(&old.id) && draft.title == old.title && same(old, draft, text)
        });
    if unchanged && title.is_none() {
        return Ok(Kept { scenes: there, changed: false });
    }
    if !unchanged {
        keep(sql, &texts.iter().collect::<Vec<_>>()).await?;
        let gone: Vec<&str> = there.iter().map(|s| s.id.as_str()).filter(|id| !named.contains(id)).collect();
        if !gone.is_empty() {
            remove(sql, chapter, &gone).await?;
        }
    }
    let scenes = if unchanged { there } else { write(p, sql, chapter, drafts, &texts).await? };
    if let Some(title) = title {
        let update = "UPDATE chapters SET title = $2::text WHERE id = $1::text::uuid";
        sql.execute(update, &[chapter.into(), title.into()]).await?;
    }
    history::record(p, sql, caller, chapter, cause).await?;
    Ok(Kept { scenes, changed: true })
}

/// The scenes of a whole text, each as the one of before that it goes on.
fn matched(there: &[Scene], document: Document) -> Result<Vec<SceneDraft>> {
    let documents = document.scenes();
    let new = documents.iter().map(Text::new).collect::<Result<Vec<_>>>()?;
    let old = there.iter().map(|scene| Text::new(&scene.document)).collect::<Result<Vec<_>>>()?;
    let pairs = matching(&hashes(&old), &hashes(&new));
    let draft = |(document, at): (Document, Option<usize>)| {
        let scene = at.and_then(|at| there.get(at));
        SceneDraft { id: scene.map(|s| s.id.clone()), title: scene.and_then(|s| s.title.clone()), document }
    };
    Ok(documents.into_iter().zip(pairs).map(draft).collect())
}

fn hashes(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| text.sha256.as_str()).collect()
}

/// Takes scenes away, by their ids.
async fn remove<S: Sql>(sql: &S, chapter: &str, gone: &[&str]) -> Result<()> {
    let delete = "DELETE FROM scenes WHERE chapter = $1::text::uuid \
        AND id::text IN (SELECT jsonb_array_elements_text($2::text::jsonb))";
    sql.execute(delete, &[chapter.into(), json!(gone).to_string().into()]).await.map(drop)
}

/// Writes the scenes, whose texts are kept; gives them as they are then.
async fn write<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    chapter: &str,
    drafts: Vec<SceneDraft>,
    texts: &[Text],
) -> Result<Vec<Scene>> {
    let scene = |(draft, text): (SceneDraft, &Text)| Scene {
        id: draft.id.unwrap_or_else(|| uuid_v7(p).to_string()),
        title: draft.title,
        words: text.words,
        source: DOCUMENT.to_owned(),
        html: None,
        sha256: text.sha256.clone(),
        document: draft.document,
    };
    let mut scenes: Vec<Scene> = drafts.into_iter().zip(texts).map(scene).collect();
    let row = |(n, s): (usize, &Scene)| json!({ "id": s.id, "position": n, "title": s.title, "text": s.sha256 });
    let rows: Vec<_> = scenes.iter().enumerate().map(row).collect();
    let upsert = "INSERT INTO scenes (id, chapter, position, title, text) \
        SELECT id::uuid, $1::text::uuid, position, title, text FROM jsonb_to_recordset($2::text::jsonb) \
            AS x(id text, position bigint, title text, text text) \
        ON CONFLICT (id) DO UPDATE SET chapter = excluded.chapter, position = excluded.position, \
            title = excluded.title, text = excluded.text RETURNING id::text, source";
    for row in sql.query(upsert, &[chapter.into(), Value::from(json!(rows).to_string())]).await? {
        let id = row.text(0)?;
        if let Some(scene) = scenes.iter_mut().find(|scene| scene.id == id) {
            scene.source = row.text(1)?.to_owned();
        }
    }
    Ok(scenes)
}
