//! A book's structure as the API shows and takes it.

use std::collections::{BTreeMap, HashMap};

use aw_openapi::JsonSchema;
use serde::{Deserialize, Serialize};

use super::order::{Entry, NoPlace, Order};
use crate::books::DraftChapter;

/// How a book is put together.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Structure {
    /// Before the body.
    front: Vec<DraftChapter>,
    /// The body: parts, and chapters that are in none.
    body: Vec<BodyEntry>,
    /// After the body.
    back: Vec<DraftChapter>,
}

/// What stands in the body: one of the two.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BodyEntry {
    /// A chapter that is in no part.
    Chapter(DraftChapter),
    /// A part.
    Part(Part),
}

/// A part of a book.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) chapters: Vec<DraftChapter>,
}

impl Structure {
    pub(super) fn new(order: &Order, titles: &BTreeMap<String, String>, chapters: Vec<DraftChapter>) -> Self {
        let mut chapters: HashMap<String, DraftChapter> = chapters.into_iter().map(|c| (c.id.clone(), c)).collect();
        let mut take = |ids: &[String]| ids.iter().filter_map(|id| chapters.remove(id)).collect::<Vec<_>>();
        let (front, back) = (take(&order.front), take(&order.back));
        let mut body = Vec::new();
        for entry in &order.body {
            match entry {
                Entry::Chapter(id) => {
                    body.extend(take(std::slice::from_ref(id)).into_iter().map(BodyEntry::Chapter));
                }
                Entry::Part(id, ids) => body.push(BodyEntry::Part(Part {
                    id: id.clone(),
                    title: titles.get(id).cloned().unwrap_or_default(),
                    chapters: take(ids),
                })),
            }
        }
        Self { front, body, back }
    }
}

/// The order that a book is to have: every part and chapter that it has, each once, by id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    #[serde(default)]
    #[schemars(length(max = 2000))]
    front: Vec<String>,
    #[serde(default)]
    #[schemars(length(max = 2500))]
    body: Vec<NewEntry>,
    #[serde(default)]
    #[schemars(length(max = 2000))]
    back: Vec<String>,
}

/// A chapter, or a part with its chapters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEntry {
    /// The id of a chapter that is in no part.
    chapter: Option<String>,
    /// The id of a part.
    part: Option<String>,
    /// The ids of the part's chapters.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    chapters: Vec<String>,
}

impl NewOrder {
    /// # Errors
    /// An entry is neither a chapter nor a part.
    pub(super) fn order(self) -> Result<Order, NoPlace> {
        let entry = |entry: NewEntry| match entry {
            NewEntry { chapter: Some(id), part: None, chapters } if chapters.is_empty() => Ok(Entry::Chapter(id)),
            NewEntry { chapter: None, part: Some(id), chapters } => Ok(Entry::Part(id, chapters)),
            _ => Err(NoPlace("an entry of the body is a chapter, or a part with its chapters")),
        };
        let body = self.body.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Order { front: self.front, body, back: self.back })
    }
}
