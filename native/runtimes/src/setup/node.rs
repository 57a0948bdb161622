//! Node and what runs on it: wrangler with workerd, the Fastly CLI, esbuild, Binaryen, and Hono to be compared with.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::apt;
use crate::{
    Error, Result, cache,
    process::{executable, find, run},
};

/// The folder's name in the cache; raised with every change of the list below.
const FOLDER: &str = "node-2";

/// Package, exact version. Node itself is one of them: wrangler needs 22 and distributions have older ones.
pub(super) const PACKAGES: [(&str, &str); 6] = [
    ("node", "22.23.3"),
    ("wrangler", "4.164.0"),
    ("@fastly/cli", "16.1.0"),
    ("hono", "4.13.3"),
    ("esbuild", "0.28.2"),
    ("binaryen", "132.0.0"),
];

/// What browsers and servers of others use, for tests against our own.
const CLIENTS: [(&str, &str); 2] = [("stripe", "23.1.0"), ("tus-js-client", "4.3.1")];

const PROGRAMS: [&str; 6] = ["node", "wrangler", "workerd", "fastly", "esbuild", "wasm-opt"];

/// The installed Node tools.
#[derive(Clone, Debug)]
pub struct NodeTools {
    dir: PathBuf,
}

impl NodeTools {
    /// A tool's program: `node`, `wrangler`, `workerd`, `fastly`, `esbuild` or `wasm-opt`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.modules().join(".bin").join(name)
    }

    /// The folder of packages, for `NODE_PATH` and for reading a package's files.
    pub fn modules(&self) -> PathBuf {
        self.dir.join("node_modules")
    }

    /// `PATH` with these tools before the others: they are scripts that look for `node` there.
    pub fn path(&self) -> OsString {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let parts = std::iter::once(self.modules().join(".bin")).chain(std::env::split_paths(&rest));
        std::env::join_paths(parts).unwrap_or(rest)
    }

    /// A command that runs the tool `name` with the right Node, and with telemetry and update checks off.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        command.env("PATH", self.path());
        for (variable, value) in [
            ("WRANGLER_SEND_METRICS", "false"),
            ("WRANGLER_SEND_ERROR_REPORTS", "false"),
            ("FASTLY_WASM_METADATA_DISABLE", "true"),
            ("NO_UPDATE_NOTIFIER", "1"),
        ] {
            command.env(variable, value);
        }
        command
    }
}

/// The Node tools, installed by npm if they are not in the cache.
///
/// # Errors
/// There is no npm and it cannot be installed, or npm fails.
pub fn node() -> Result<NodeTools> {
    let dir = packages(FOLDER, &PACKAGES, &PROGRAMS)?;
    Ok(NodeTools { dir })
}

/// The `node_modules` folder with the stock clients that tests drive: `stripe` and `tus-js-client`.
///
/// # Errors
/// As [`node`].
pub fn clients() -> Result<PathBuf> {
    Ok(packages("clients-1", &CLIENTS, &[])?.join("node_modules"))
}

/// The tools if they are there.
pub(super) fn ready() -> Option<NodeTools> {
    let dir = cache::root().ok()?.join("tools").join(FOLDER);
    complete(&dir, &PACKAGES, &PROGRAMS).then_some(NodeTools { dir })
}

/// The folder `name` of the cache with npm's `packages` at their versions, which bring `programs`.
pub(super) fn packages(name: &str, packages: &[(&str, &str)], programs: &[&str]) -> Result<PathBuf> {
    cache::entry("tools", name, |dir| complete(dir, packages, programs), |dir, _| install(name, dir, packages))
}

fn complete(dir: &Path, packages: &[(&str, &str)], programs: &[&str]) -> bool {
    let manifest = fs::read(dir.join("package.json")).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    manifest.is_some_and(|m| m["dependencies"] == dependencies(packages))
        && programs.iter().all(|name| executable(&dir.join("node_modules/.bin").join(name)))
        && packages.iter().all(|(name, _)| dir.join("node_modules").join(name).join("package.json").is_file())
}

fn dependencies(packages: &[(&str, &str)]) -> Value {
    packages.iter().map(|&(name, version)| (name.to_owned(), json!(version))).collect::<serde_json::Map<_, _>>().into()
}

fn install(name: &str, dir: &Path, packages: &[(&str, &str)]) -> Result<()> {
    if find("npm").is_none() {
        apt::install(&["nodejs", "npm"])?;
    }
    let npm = find("npm").ok_or_else(|| Error("npm: not found: install Node 20 or later (nodejs.org)".into()))?;
    let list: Vec<String> = packages.iter().map(|(name, version)| format!("{name} {version}")).collect();
    eprintln!("setup: npm: {}, about half a minute", list.join(", "));
    let manifest = json!({"private": true, "name": "authorworks-tools", "dependencies": dependencies(packages)});
    fs::write(dir.join("package.json"), manifest.to_string())?;
    let mut command = Command::new(npm);
    command
        .args(["install", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=http"])
        // Browsers come from the distribution.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(dir);
    run("npm install", &mut command, &cache::log(&format!("npm-{name}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_counts_only_with_the_same_versions_and_its_programs() {
        let dir = std::env::temp_dir().join(format!("aw-node-{}", std::process::id()));
        let list = [("a", "1.0.0")];
        fs::create_dir_all(dir.join("node_modules/a")).unwrap();
        fs::write(dir.join("node_modules/a/package.json"), "{}").unwrap();
        assert!(!complete(&dir, &list, &[]), "no manifest");
        fs::write(dir.join("package.json"), r#"{"dependencies":{"a":"1.0.0"},"private":true}"#).unwrap();
        assert!(complete(&dir, &list, &[]));
        assert!(!complete(&dir, &list, &["a"]), "no program");
        assert!(!complete(&dir, &[("a", "1.0.1")], &[]), "another version");
        fs::remove_dir_all(&dir).unwrap();
    }
}
