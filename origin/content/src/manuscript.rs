//! What is written: texts, the scenes that they are of, and every version that was saved.

pub(crate) mod diff;
mod history;
mod matching;
pub(crate) mod revisions;
mod routes;
mod save;
pub(crate) mod scene_routes;
mod scenes;
mod text;

pub(crate) use history::Cause;
pub(crate) use revisions::{Difference, Revision};
pub(crate) use routes::{NewChapterText, Written, route};
pub(crate) use save::{Kept, Saved, SceneDraft, save};
pub(crate) use scene_routes::route as scene_route;
pub(crate) use scenes::{Scene, by_chapter, of_chapter};
pub(crate) use text::{Text, compose, keep, sweep, targets};
