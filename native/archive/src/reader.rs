//! Reading the file, once it is known to be whole.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use zip::{CompressionMethod, ZipArchive};

use crate::{
    ArchiveError,
    manifest::{Entry, FORMAT, Manifest, NAME},
    writer::{DIGEST, digest},
};

/// The longest manifest that is read, in bytes.
const MOST: u64 = 1 << 30;

/// An archive whose digest and list of entries are right.
pub(crate) struct Archive {
    pub(crate) path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    pub(crate) manifest: Manifest,
}

/// Of a manifest, what every version has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

fn broken(e: zip::result::ZipError) -> ArchiveError {
    ArchiveError::damaged(e.to_string())
}

impl Archive {
    /// Opens the file at `path` and checks all of its bytes.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`], [`ArchiveError::Newer`]; it cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, ArchiveError> {
        let at = ArchiveError::at(path);
        let mut file = File::open(path).map_err(&at)?;
        let size = file.metadata().map_err(&at)?.len();
        let mut tail = vec![0; DIGEST.len() + 64];
        if size < tail.len() as u64 {
            return Err(ArchiveError::damaged("it is too short"));
        }
        file.seek(SeekFrom::Start(size - tail.len() as u64)).and_then(|_| file.read_exact(&mut tail)).map_err(&at)?;
        let found = digest(&mut file, size - 64).map_err(&at)?;
        if tail != format!("{DIGEST}{found}").as_bytes() {
            return Err(ArchiveError::damaged("its bytes do not have the SHA-256 at its end"));
        }
        let mut zip = ZipArchive::new(BufReader::with_capacity(1 << 18, file)).map_err(broken)?;
        let text = {
            let entry = zip.by_name(NAME).map_err(|_| ArchiveError::damaged(format!("it has no {NAME}")))?;
            let mut text = Vec::new();
            entry.take(MOST).read_to_end(&mut text).map_err(&at)?;
            text
        };
        let unreadable = |e: serde_json::Error| ArchiveError::damaged(format!("{NAME}: {e}"));
        let Version { format } = serde_json::from_slice(&text).map_err(unreadable)?;
        if format > FORMAT {
            return Err(ArchiveError::Newer(format!(
                "the archive's format is {format}, and this program knows {FORMAT}"
            )));
        }
        let manifest: Manifest = serde_json::from_slice(&text).map_err(unreadable)?;
        let archive = Self { path: path.to_owned(), zip, manifest };
        archive.check_entries()?;
        Ok(archive)
    }

    /// Whether there is what the manifest names, and nothing else.
    fn check_entries(&self) -> Result<(), ArchiveError> {
        let mut there = BTreeSet::new();
        for name in self.zip.file_names() {
            there.insert(name.map_err(broken)?.into_owned());
        }
        let mut named: BTreeSet<String> = self.manifest.entries.iter().map(|entry| entry.name.clone()).collect();
        named.insert(NAME.to_owned());
        if named.len() != self.manifest.entries.len() + 1 || self.zip.len() != there.len() {
            return Err(ArchiveError::damaged("an entry is there twice"));
        }
        match named.symmetric_difference(&there).next() {
            Some(name) if named.contains(name) => Err(ArchiveError::damaged(format!("the entry {name} is missing"))),
            Some(name) => Err(ArchiveError::damaged(format!("the entry {name} is in no manifest"))),
            None => Ok(()),
        }
    }

    /// The bytes of an entry.
    ///
    /// # Errors
    /// It is not there, or has another size than it should.
    pub(crate) fn entry(&mut self, entry: &Entry) -> Result<impl Read + '_, ArchiveError> {
        let found = self.zip.by_name(&entry.name).map_err(broken)?;
        if found.size() != entry.size {
            return Err(ArchiveError::damaged(format!("{} has another size", entry.name)));
        }
        Ok(found)
    }

    /// Where in the file the bytes of an entry are, which is stored as it is.
    ///
    /// # Errors
    /// It is not there, is compressed, or has another size than it should.
    pub(crate) fn place(&mut self, entry: &Entry) -> Result<u64, ArchiveError> {
        let found = self.zip.by_name(&entry.name).map_err(broken)?;
        match found.data_start() {
            Some(at) if found.compression() == CompressionMethod::Stored && found.size() == entry.size => Ok(at),
            _ => Err(ArchiveError::damaged(format!("{} is not as it was written", entry.name))),
        }
    }
}
