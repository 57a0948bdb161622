//! Viceroy, Fastly's local Compute runtime, built from its published source.

use std::path::PathBuf;

use crate::{
    Result,
    build::cargo_command,
    cache,
    process::{executable, find, first_line, run},
};

/// The version that the Fastly platform was tested with.
pub(super) const VERSION: &str = "0.22.0";

/// Viceroy: one of this version on `PATH`, or the cache's, which takes 10 to 25 minutes of CPU to make.
///
/// # Errors
/// It cannot be downloaded or built.
pub fn viceroy() -> Result<PathBuf> {
    if let Some(found) = ready() {
        return Ok(found);
    }
    let name = format!("viceroy-{VERSION}");
    let complete = |dir: &std::path::Path| executable(&dir.join("bin/viceroy"));
    let dir = cache::entry("tools", &name, complete, |dir, _| {
        eprintln!("setup: building Viceroy {VERSION}: 10 to 25 minutes of CPU, once per machine");
        // Kept if it is interrupted, so that the next try goes on from there.
        let target = cache::folder("build")?.join("viceroy");
        let mut command = cargo_command()?;
        command
            .args(["install", "viceroy", "--version", VERSION, "--locked", "--no-track", "--root"])
            .arg(dir)
            .env("CARGO_TARGET_DIR", &target)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .current_dir(cache::checkout());
        run(&format!("Viceroy {VERSION}"), &mut command, &cache::log("viceroy")?)?;
        let _ = std::fs::remove_dir_all(target);
        Ok(())
    })?;
    Ok(dir.join("bin/viceroy"))
}

/// Viceroy if it is there.
pub(super) fn ready() -> Option<PathBuf> {
    let ours = cache::root().ok()?.join("tools").join(format!("viceroy-{VERSION}/bin/viceroy"));
    if executable(&ours) {
        return Some(ours);
    }
    let other = find("viceroy")?;
    first_line(&other, &["--version"]).is_some_and(|line| line.ends_with(VERSION)).then_some(other)
}
