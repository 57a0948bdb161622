//! The typesetter of books for print: `native/pdf`, a workspace of its own because it carries typst.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::spin_host::fingerprint;
use crate::{
    Result,
    build::{cargo_command, only_program},
    cache::{self, at, checkout},
    process::executable,
};

/// The typesetter (`native/pdf/src/main.rs` says how it is used), built when its sources are not those of the one in
/// the cache: about ten minutes of CPU the first time, its own crate only after an edit.
///
/// # Errors
/// Its folder cannot be read, or it does not build.
pub fn typesetter() -> Result<PathBuf> {
    let name = name()?;
    let dir = cache::entry("tools", &name, complete, |dir, _| {
        eprintln!("setup: building the typesetter: about ten minutes of CPU the first time");
        let mut command = cargo_command()?;
        command
            .args(["build", "--release", "--locked"])
            .env("CARGO_TARGET_DIR", cache::folder("build")?.join("pdf"))
            .current_dir(source());
        let program = only_program("the typesetter", &mut command)?;
        fs::create_dir_all(dir.join("bin"))?;
        fs::copy(&program, dir.join("bin/authorworks-pdf")).map_err(at(&program))?;
        Ok(())
    })?;
    Ok(dir.join("bin/authorworks-pdf"))
}

/// The typesetter if it is there and built from the sources as they are.
pub fn typesetter_ready() -> Option<PathBuf> {
    let dir = cache::root().ok()?.join("tools").join(name().ok()?);
    complete(&dir).then(|| dir.join("bin/authorworks-pdf"))
}

fn complete(dir: &Path) -> bool {
    executable(&dir.join("bin/authorworks-pdf"))
}

fn source() -> PathBuf {
    checkout().join("native/pdf")
}

fn name() -> Result<String> {
    Ok(format!("pdf-{}", fingerprint(&source())?))
}
