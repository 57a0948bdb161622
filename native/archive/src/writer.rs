//! Writing the file: beside its place, and there when it is whole.

use std::{
    fs::{self, File},
    io::{BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    ArchiveError,
    manifest::{Entry, Manifest, NAME},
};

/// What the zip's comment begins with; the digest is behind it.
pub(crate) const DIGEST: &str = "sha256:";

/// An archive that is being written. What is not finished goes when it is dropped.
pub(crate) struct Writer {
    path: PathBuf,
    partial: PathBuf,
    zip: Option<ZipWriter<BufWriter<File>>>,
    /// The entry that is being written: name, size and hash so far.
    open: Option<(String, u64, Sha256)>,
    pub(crate) entries: Vec<Entry>,
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The SHA-256 of the first `length` bytes of a file.
pub(crate) fn digest(file: &mut File, length: u64) -> std::io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hash, mut rest, mut buffer) = (Sha256::new(), file.take(length), vec![0; 1 << 18]);
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn zipped(path: &Path) -> impl Fn(zip::result::ZipError) -> ArchiveError + '_ {
    move |e| ArchiveError::File(path.to_owned(), e.into())
}

impl Writer {
    /// A file that is to be at `path`, readable by its owner only.
    ///
    /// # Errors
    /// There is something at `path`, or its folder cannot be written to.
    pub(crate) fn create(path: &Path) -> Result<Self, ArchiveError> {
        let there = || std::io::Error::new(std::io::ErrorKind::AlreadyExists, "is there already; name another file");
        if path.symlink_metadata().is_ok() {
            return Err(ArchiveError::at(path)(there()));
        }
        let name = path.file_name().ok_or_else(|| ArchiveError::at(path)(std::io::ErrorKind::InvalidInput.into()))?;
        let partial = path.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        match fs::remove_file(&partial) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(ArchiveError::at(&partial)(e)),
            _ => {}
        }
        let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(&partial);
        let file = file.map_err(ArchiveError::at(&partial))?;
        let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
        // In its place there is room for the digest.
        zip.set_comment(format!("{DIGEST}{}", "0".repeat(64))).map_err(zipped(path))?;
        Ok(Self { path: path.to_owned(), partial, zip: Some(zip), open: None, entries: Vec::new() })
    }

    fn zip(&mut self) -> Result<&mut ZipWriter<BufWriter<File>>, ArchiveError> {
        let gone = ArchiveError::at(&self.path)(std::io::ErrorKind::BrokenPipe.into());
        self.zip.as_mut().ok_or(gone)
    }

    /// Begins an entry.
    pub(crate) fn begin(&mut self, name: &str, compressed: bool) -> Result<(), ArchiveError> {
        let method = if compressed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .large_file(true)
            .unix_permissions(0o600);
        let path = self.path.clone();
        self.zip()?.start_file(name, options).map_err(zipped(&path))?;
        self.open = Some((name.to_owned(), 0, Sha256::new()));
        Ok(())
    }

    /// Goes on with the entry that was begun.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        let path = self.path.clone();
        self.zip()?.write_all(bytes).map_err(ArchiveError::at(&path))?;
        if let Some((_, size, hash)) = &mut self.open {
            *size += bytes.len() as u64;
            hash.update(bytes);
        }
        Ok(())
    }

    /// Ends it; its size in bytes.
    pub(crate) fn end(&mut self, rows: Option<u64>, headers: Vec<(String, String)>) -> u64 {
        let Some((name, size, hash)) = self.open.take() else { return 0 };
        self.entries.push(Entry { name, size, sha256: hex(&hash.finalize()), rows, headers });
        size
    }

    /// Writes the manifest and the digest, and puts the file in its place, on disk; its size in bytes.
    pub(crate) fn finish(mut self, manifest: &Manifest) -> Result<u64, ArchiveError> {
        let text = serde_json::to_vec(manifest).map_err(|e| ArchiveError::Unfit(e.to_string()))?;
        self.begin(NAME, true)?;
        self.write(&text)?;
        let (path, partial) = (self.path.clone(), self.partial.clone());
        let Some(zip) = self.zip.take() else { return Ok(0) };
        let file = zip.finish().map_err(zipped(&path))?;
        let place = || -> std::io::Result<u64> {
            let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            let size = file.seek(SeekFrom::End(0))?;
            let digest = digest(&mut file, size - 64)?;
            file.seek(SeekFrom::Start(size - 64))?;
            file.write_all(digest.as_bytes())?;
            file.sync_all()?;
            // Unlike a rename a link does not replace what has come there meanwhile; not every file system has them.
            match fs::hard_link(&partial, &path) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Err(e),
                Err(_) => fs::rename(&partial, &path)?,
                Ok(()) => fs::remove_file(&partial)?,
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(size)
        };
        place().map_err(ArchiveError::at(&path))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.partial);
    }
}
