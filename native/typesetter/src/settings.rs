//! What a worker is told.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The worker's settings, in a file of JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Settings {
    /// The program that typesets: `native/pdf`.
    pub(super) program: PathBuf,
    /// The origin's base URL, `http://HOST:PORT`.
    pub(super) origin: String,
    /// What requests are signed for, where that is not the URL's authority: the origin's setting `origin-authority`.
    pub(super) authority: Option<String>,
    /// The secret that the operator's key is derived from.
    pub(super) master_key: String,
    /// The worker's name: another one for each that runs.
    #[serde(default = "name")]
    pub(super) worker: String,
    /// After how long without a word of this worker its job is another's.
    #[serde(default = "lease")]
    pub(super) lease_seconds: u64,
    /// Whether the file goes when it has been read.
    #[serde(default)]
    pub(super) forget: bool,
}

fn name() -> String {
    let host = fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!("pdf-{}-{}", host.trim().chars().take(60).collect::<String>(), std::process::id())
}

fn lease() -> u64 {
    60
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or lacks something: by name.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let at = |e: String| format!("{}: {e}", file.display());
        let text = fs::read_to_string(file).map_err(|e| at(e.to_string()))?;
        let mut settings: Self = serde_json::from_str(&text).map_err(|e| at(e.to_string()))?;
        if settings.forget {
            let _ = fs::remove_file(file);
        }
        if !(2..=600).contains(&settings.lease_seconds) {
            return Err(at("leaseSeconds must be from 2 to 600".to_owned()));
        }
        settings.origin = settings.origin.trim_end_matches('/').to_owned();
        Ok(settings)
    }
}
