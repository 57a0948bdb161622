//! Programs of this checkout that are workspaces of their own, because each carries a library as large as all the rest.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{
    Error, Result,
    build::{cargo_command, only_program},
    cache::{self, at, checkout},
    process::executable,
};

/// The test host for Spin components, which carries wasmtime.
pub const SPIN_HOST: Own =
    Own { name: "spin-host", program: "spin-host", source: "origin/spin/host", what: "the test host for Spin" };

/// The typesetter of books for print, which carries typst (`native/pdf/src/main.rs` says how it is used).
pub const TYPESETTER: Own =
    Own { name: "pdf", program: "authorworks-pdf", source: "native/pdf", what: "the typesetter" };

/// A program that is built into the cache: about ten minutes of CPU the first time, its own crate only after an edit.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    name: &'static str,
    program: &'static str,
    source: &'static str,
    what: &'static str,
}

impl Own {
    /// The program, built when its sources are not those of the one in the cache.
    ///
    /// # Errors
    /// Its folder cannot be read, or it does not build.
    pub fn get(&self) -> Result<PathBuf> {
        let dir = cache::entry(
            "tools",
            &self.entry()?,
            |dir| executable(&self.inside(dir)),
            |dir, _| {
                eprintln!("setup: building {}: about ten minutes of CPU the first time", self.what);
                let mut command = self.cargo("build")?;
                let program = only_program(self.what, &mut command)?;
                fs::create_dir_all(dir.join("bin"))?;
                fs::copy(&program, self.inside(dir)).map_err(at(&program))?;
                Ok(())
            },
        )?;
        Ok(self.inside(&dir))
    }

    /// The program if it is there and built from the sources as they are.
    pub fn ready(&self) -> Option<PathBuf> {
        let program = self.inside(&cache::root().ok()?.join("tools").join(self.entry().ok()?));
        executable(&program).then_some(program)
    }

    /// What runs its own tests, with what the program's build has compiled.
    ///
    /// # Errors
    /// There is no Cargo, or the cache cannot be written.
    pub fn tests(&self) -> Result<Command> {
        self.cargo("test")
    }

    fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut command = cargo_command()?;
        command
            .args([subcommand, "--release", "--locked"])
            .env("CARGO_TARGET_DIR", cache::folder("build")?.join(self.name))
            .current_dir(checkout().join(self.source));
        Ok(command)
    }

    fn inside(&self, dir: &Path) -> PathBuf {
        dir.join("bin").join(self.program)
    }

    fn entry(&self) -> Result<String> {
        Ok(format!("{}-{}", self.name, fingerprint(&checkout().join(self.source))?))
    }
}

/// The first 16 hex digits of the SHA-256 over every file's path and content below `dir`, in order of path, without
/// its target folder.
fn fingerprint(dir: &Path) -> Result<String> {
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
        let dir = std::env::temp_dir().join(format!("aw-own-{}", std::process::id()));
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
