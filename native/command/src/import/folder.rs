//! A folder, packed as the origin takes it.

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{data::at, failure::Failure};

/// How many files a folder may have.
const FILES: usize = 10_000;

/// Packs every file below `folder` but hidden ones, in the order of their names; at most `most` bytes.
///
/// # Errors
/// A file cannot be read; there are too many, or they are too long.
pub(super) fn pack(folder: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    let failed = |e: zip::result::ZipError| Failure::new(format!("{}: {e}", folder.display()));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut total = 0;
    for file in &files {
        let bytes = fs::read(file).map_err(at(file))?;
        total += bytes.len() as u64;
        if total > most {
            return Err(Failure::new(format!("{}: its files are longer than {} MB", folder.display(), most >> 20)));
        }
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        zip.start_file(name, options).map_err(failed)?;
        zip.write_all(&bytes).map_err(at(file))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in folder.read_dir().map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        // Links are not followed: they may lead out of the folder, or round in a circle.
        let kind = path.symlink_metadata().map_err(at(&path))?;
        if kind.is_dir() {
            list(&path, files)?;
        } else if kind.is_file() {
            files.push(path);
        }
        if files.len() > FILES {
            return Err(Failure::new(format!("{}: more than {FILES} files", folder.display())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_packed_in_their_order_and_hidden_ones_and_links_left_out() {
        let dir = std::env::temp_dir().join(format!("aw-folder-{}", std::process::id()));
        fs::create_dir_all(dir.join("b/.git")).unwrap();
        for (name, text) in [("b/2.md", "two"), ("a.md", "one"), (".hidden", "x"), ("b/.git/config", "x")] {
            fs::write(dir.join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("/etc", dir.join("etc")).unwrap();
        let bytes = pack(&dir, 100).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> =
            (0..zip.len()).map(|n| zip.by_index(n).unwrap().name().unwrap().into_owned()).collect();
        assert_eq!(names, ["a.md", "b/2.md"]);
        assert!(pack(&dir, 5).is_err());
        fs::remove_dir_all(dir).unwrap();
    }
}
