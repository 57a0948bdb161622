//! A browser for the tests that need one, and the library that drives it.

use std::path::PathBuf;

use super::{apt, node};
use crate::{Error, Result, process::find};

/// Drives a browser that is there; it downloads none.
const PLAYWRIGHT: [(&str, &str); 1] = [("playwright-core", "1.65.1")];

/// Chromium or Chrome: from `PATH`, else Debian's package.
///
/// # Errors
/// There is none and it cannot be installed.
pub fn chromium() -> Result<PathBuf> {
    if let Some(found) = ready() {
        return Ok(found);
    }
    apt::install(&["chromium"]).map_err(|e| Error(format!("Chromium, for the browser tests: {e}")))?;
    ready().ok_or_else(|| Error("Chromium: not on PATH after its package was installed".into()))
}

/// The browser if it is there.
pub(super) fn ready() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].iter().find_map(|name| find(name))
}

/// The `node_modules` folder with the package `playwright-core`.
///
/// # Errors
/// npm cannot install it.
pub fn playwright() -> Result<PathBuf> {
    Ok(node::packages("browser-1", &PLAYWRIGHT, &[])?.join("node_modules"))
}
