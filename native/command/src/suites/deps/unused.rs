//! Unused dependencies: a name in a manifest that no source file of the package says.
//!
//! A dependency that is there for its features only is named in the manifest's
//! `[package.metadata.cargo-machete] ignored`, as the tool of that name has it.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use aw_runtimes::{Error, Result};

use super::super::packages::Package;

/// The dependencies of `package` that its sources do not name. `libraries`: package name → name in code.
///
/// # Errors
/// A source file cannot be read.
pub(super) fn check(package: &Package, libraries: &HashMap<&str, String>) -> Result<Vec<String>> {
    let mut sources = String::new();
    read(package.folder(), true, &mut sources)?;
    let ignored = &package.metadata["cargo-machete"]["ignored"];
    let ignored: Vec<&str> = ignored.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    let unused = |name: &str, code: &str| !ignored.contains(&name) && !says(&sources, code);
    let mut problems: Vec<String> = package
        .dependencies
        .iter()
        .filter(|dependency| {
            let library = libraries.get(dependency.name.as_str()).cloned();
            let code = dependency.rename.clone().or(library).unwrap_or_else(|| dependency.name.clone());
            unused(&dependency.name, &code.replace('-', "_"))
        })
        .map(|dependency| format!("{}: does not use its dependency {}", package.name, dependency.name))
        .collect();
    problems.dedup();
    Ok(problems)
}

/// Collects the Rust files of a package, without those of packages in folders below it.
fn read(folder: &Path, top: bool, sources: &mut String) -> Result<()> {
    if !top && (folder.join("Cargo.toml").is_file() || folder.ends_with("target")) {
        return Ok(());
    }
    let failed = |path: PathBuf| move |e: std::io::Error| Error(format!("{}: {e}", path.display()));
    for entry in folder.read_dir().map_err(failed(folder.to_owned()))? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, false, sources)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).map_err(failed(path.clone()))?;
            let code = |line: &&str| !line.trim_start().starts_with("//");
            text.lines().filter(code).for_each(|line| sources.extend([line, "\n"]));
        }
    }
    Ok(())
}

/// Whether `name` stands in `text` as a word.
fn says(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(start, _)| !text[..start].ends_with(part) && !text[start + name.len()..].starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_as_a_word() {
        assert!(says("use serde::Serialize;", "serde"));
        assert!(!says("use serde_json::json;", "serde"));
        assert!(!says("let my_http = 1;", "http"));
        assert!(says("x(http::Method)", "http"));
    }

    #[test]
    fn comments_and_packages_below_do_not_count() {
        let dir = std::env::temp_dir().join(format!("aw-unused-{}", std::process::id()));
        fs::create_dir_all(dir.join("src")).unwrap();
        fs::create_dir_all(dir.join("apps/a/src")).unwrap();
        fs::write(dir.join("Cargo.toml"), "").unwrap();
        fs::write(dir.join("src/lib.rs"), "//! serde\nuse http::Method;\n").unwrap();
        fs::write(dir.join("apps/a/Cargo.toml"), "").unwrap();
        fs::write(dir.join("apps/a/src/lib.rs"), "use bytes::Bytes;\n").unwrap();
        let mut sources = String::new();
        read(&dir, true, &mut sources).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(sources, "use http::Method;\n");
    }
}
