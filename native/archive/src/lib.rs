//! A tenant as one file: its rows and its objects, written out of an installation, restored in another.
//!
//! The file is a zip. `tables/NAME.jsonl` has a table's rows, a JSON object a line, in the order of its primary key;
//! `objects/KEY` the bytes of an object; `manifest.json`, the last, says what the rest is, with the SHA-256 of each
//! entry. The zip's comment is `sha256:` and the SHA-256 of all the bytes before its hexadecimal digits: a byte that is
//! not what was written is found before anything is done with the others. Entries stand in the order of their names and
//! have no times. Memory does not grow with sizes, only with the number of objects: some hundred bytes for each.
//!
//! What is sealed with a key of the installation ([`aw_trust::sealed`]) is in the file opened, and sealed anew where
//! it is restored. The file is as secret as the database: its mode is 0600.
#![allow(async_fn_in_trait)]

mod catalogue;
mod error;
mod export;
mod import;
mod load;
mod manifest;
mod objects;
mod reader;
mod row;
mod writer;

use std::path::Path;

use aw_native::Settings;

pub use error::ArchiveError;
pub use export::Exported;
pub use import::{Imported, Place};
pub use manifest::FORMAT;

/// Told, in a few words each, how far it has come.
pub type Progress<'a> = &'a dyn Fn(&str);

/// Writes the tenant of an installation to `file`, which is not there yet: whole, or not at all. The installation may
/// go on meanwhile; what is written is as it was at one moment.
///
/// # Errors
/// There is no such tenant, a secret does not open, the database or the store breaks off, or the file cannot be written.
pub fn export(settings: Settings, tenant: &str, file: &Path, progress: Progress<'_>) -> Result<Exported, ArchiveError> {
    let work = aw_native::work(settings, async |p| export::export(&p, tenant, file, progress).await);
    work.map_err(ArchiveError::Settings)?
}

/// Restores what is in `file` in an installation: whole, or not at all.
///
/// # Errors
/// The file is damaged or of a newer version; the id or a host is taken; the database or the store breaks off.
pub fn import(
    settings: Settings,
    file: &Path,
    place: &Place,
    progress: Progress<'_>,
) -> Result<Imported, ArchiveError> {
    let work = aw_native::work(settings, async |p| import::import(&p, file, place, progress).await);
    work.map_err(ArchiveError::Settings)?
}
