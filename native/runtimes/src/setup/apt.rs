//! Debian's packages, where the machine has apt and we are root.

use std::{path::Path, process::Command};

use crate::{
    Error, Result, cache,
    process::{find, run},
};

/// Installs `packages` without what they only recommend.
///
/// # Errors
/// There is no apt, we are not root (the message has the command to run), or apt fails.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let remedy = format!("apt-get install --no-install-recommends {list}");
    let Some(apt) = find("apt-get") else {
        return Err(Error(format!("{list}: not found, and this machine has no apt-get to install it")));
    };
    if !root() {
        return Err(Error(format!("{list}: not installed; run: sudo {remedy}")));
    }
    let _lock = cache::lock("apt")?;
    eprintln!("setup: {remedy}");
    let log = cache::log(&format!("apt-{}", packages[0]))?;
    let install = || {
        let mut command = Command::new(&apt);
        command
            .args(["-y", "--no-install-recommends", "-oDpkg::Options::=--force-confold", "install"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run(&remedy, &mut command, &log)
    };
    // The lists of a fresh machine are empty or old: only then are they worth fetching.
    install().or_else(|_| {
        run("apt-get update", Command::new(&apt).arg("update"), &cache::log("apt-update")?)?;
        install()
    })
}

/// Whether this process is root's.
fn root() -> bool {
    use std::os::unix::fs::MetadataExt;
    Path::new("/proc/self").metadata().is_ok_and(|m| m.uid() == 0)
}
