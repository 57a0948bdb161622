//! Scenes, as they are.

use std::collections::HashMap;

use aw_manuscript::Document;
use aw_openapi::JsonSchema;
use aw_platform::{Error, Result, Row, Sql};
use serde::Serialize;

use super::text::document;

/// A scene of a chapter.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scene {
    /// Stays the same wherever the scene goes.
    pub(crate) id: String,
    /// For who writes; no reader sees it.
    pub(crate) title: Option<String>,
    pub(crate) words: u32,
    /// Where its text comes from: `document` is what was saved here.
    pub(crate) source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
    #[serde(skip)]
    pub(crate) sha256: String,
    #[serde(skip)]
    pub(crate) document: Document,
}

const COLUMNS: &str = "s.id::text, s.title, t.words, s.source, s.text, t.format, t.body, s.chapter::text";

impl Scene {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            title: row.text_opt(1)?.map(str::to_owned),
            words: u32::try_from(row.int(2)?).map_err(|_| Error::internal("a number out of bounds"))?,
            source: row.text(3)?.to_owned(),
            html: None,
            sha256: row.text(4)?.to_owned(),
            document: document(row.text(5)?, row.text(6)?)?,
        })
    }
}

/// A chapter's scenes in their order.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn of_chapter<S: Sql>(sql: &S, chapter: &str) -> Result<Vec<Scene>> {
    let select = format!(
        "SELECT {COLUMNS} FROM scenes s JOIN texts t ON t.sha256 = s.text \
         WHERE s.chapter = $1::text::uuid ORDER BY s.position"
    );
    sql.query(&select, &[chapter.into()]).await?.iter().map(Scene::from_row).collect()
}

/// The texts of all chapters of a book, by chapter.
///
/// # Errors
/// The database cannot be asked.
pub(crate) async fn by_chapter<S: Sql>(sql: &S, book: &str) -> Result<HashMap<String, Document>> {
    let select = format!(
        "SELECT {COLUMNS} FROM scenes s JOIN texts t ON t.sha256 = s.text JOIN chapters c ON c.id = s.chapter \
         WHERE c.book = $1::text::uuid ORDER BY c.number, s.position"
    );
    let mut scenes: HashMap<String, Vec<Document>> = HashMap::new();
    for row in sql.query(&select, &[book.into()]).await? {
        scenes.entry(row.text(7)?.to_owned()).or_default().push(Scene::from_row(&row)?.document);
    }
    Ok(scenes.into_iter().map(|(chapter, scenes)| (chapter, Document::of_scenes(scenes))).collect())
}
