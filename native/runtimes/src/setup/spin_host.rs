//! The test host for Spin components: `origin/spin/host`, a workspace of its own because it carries wasmtime.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    Error, Result,
    build::{cargo_command, only_program},
    cache::{self, at, checkout},
    process::executable,
};

/// The program of the test host, built when its sources are not those of the one in the cache: about ten minutes of
/// CPU the first time, its own crate only after an edit.
///
/// # Errors
/// Its folder cannot be read, or it does not build.
pub fn spin_host() -> Result<PathBuf> {
    let name = name()?;
    let dir = cache::entry("tools", &name, complete, |dir, _| {
        eprintln!("setup: building the test host for Spin components: about ten minutes of CPU the first time");
        let mut command = cargo_command()?;
        command
            .args(["build", "--release", "--locked"])
            .env("CARGO_TARGET_DIR", cache::folder("build")?.join("spin-host"))
            .current_dir(source());
        let program = only_program("the test host for Spin", &mut command)?;
        fs::create_dir_all(dir.join("bin"))?;
        fs::copy(&program, dir.join("bin/spin-host")).map_err(at(&program))?;
        Ok(())
    })?;
    Ok(dir.join("bin/spin-host"))
}

/// The host if it is there and built from the sources as they are.
pub(super) fn ready() -> Option<PathBuf> {
    let dir = cache::root().ok()?.join("tools").join(name().ok()?);
    complete(&dir).then(|| dir.join("bin/spin-host"))
}

fn complete(dir: &Path) -> bool {
    executable(&dir.join("bin/spin-host"))
}

fn source() -> PathBuf {
    checkout().join("origin/spin/host")
}

fn name() -> Result<String> {
    Ok(format!("spin-host-{}", fingerprint(&source())?))
}

/// The first 16 hex digits of the SHA-256 over every file's path and content below `dir`, in order of path, without
/// its target folder.
pub(super) fn fingerprint(dir: &Path) -> Result<String> {
    let mut files = Vec::new();
    list(dir, &mut files)?;
    if files.is_empty() {
        return Err(Error(format!("{}: no sources here", dir.display())));
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(&file).map_err(at(&file))?;
        let path = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy().into_owned();
        for part in [path.as_bytes(), &content] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    Ok(hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn list(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in dir.read_dir().map_err(at(dir))? {
        let entry = entry?;
        if entry.file_name() == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() { list(&entry.path(), files)? } else { files.push(entry.path()) }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_follows_names_and_contents_and_not_the_target_folder() {
        let dir = std::env::temp_dir().join(format!("aw-spin-host-{}", std::process::id()));
        fs::create_dir_all(dir.join("src")).unwrap();
        fs::write(dir.join("src/a.rs"), "1").unwrap();
        let first = fingerprint(&dir).unwrap();
        fs::create_dir_all(dir.join("target")).unwrap();
        fs::write(dir.join("target/x"), "1").unwrap();
        assert_eq!(fingerprint(&dir).unwrap(), first);
        fs::write(dir.join("src/a.rs"), "2").unwrap();
        let second = fingerprint(&dir).unwrap();
        assert_ne!(second, first);
        fs::rename(dir.join("src/a.rs"), dir.join("src/b.rs")).unwrap();
        assert_ne!(fingerprint(&dir).unwrap(), second);
        fs::remove_dir_all(&dir).unwrap();
        assert!(fingerprint(&dir).is_err());
    }
}
