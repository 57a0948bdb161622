//! What was measured, as it was measured: `bench/results/` in the checkout.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::Write,
    path::PathBuf,
};

use aw_runtimes::{Result, cache::checkout};

/// The raw output of a run.
pub(super) struct Raw {
    folder: PathBuf,
    file: RefCell<File>,
    bench: &'static str,
}

impl Raw {
    /// Begins the file of the bench `bench`, in the place of an earlier run's.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn begin(bench: &'static str) -> Result<Self> {
        let folder = checkout().join("bench/results");
        fs::create_dir_all(&folder)?;
        let file = RefCell::new(File::create(folder.join(format!("{bench}.txt")))?);
        Ok(Self { folder, file, bench })
    }

    /// Adds a paragraph.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn note(&self, heading: &str, text: &str) -> Result<()> {
        Ok(writeln!(self.file.borrow_mut(), "## {heading}\n{}\n", text.trim_end())?)
    }

    /// Writes the figures.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn figures(&self, json: &str) -> Result<()> {
        Ok(fs::write(self.folder.join(format!("{}.json", self.bench)), format!("{json}\n"))?)
    }
}
