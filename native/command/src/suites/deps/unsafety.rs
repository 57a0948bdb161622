//! Where `unsafe` may be: nowhere but in the packages named here, and there only on the items that say so.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aw_runtimes::{Error, Result};

use super::super::packages::Package;

/// Packages that may allow `unsafe` on single items, and why.
const ALLOWED: [(&str, &str); 2] = [
    ("aw-cloudflare", "the ABI between the JavaScript entry and the core"),
    ("aw-fastly", "the ABI of the host's calls"),
];

/// Packages with an entry point that somebody else's macro writes, `unsafe` and all, and whose own text has none.
const BY_MACRO: [(&str, &str); 2] =
    [("spin-bare", "spin_sdk::http_component"), ("aw-fuzz", "libfuzzer_sys::fuzz_target")];

/// Whether the manifest of `package` forbids `unsafe`, or denies it where it is allowed on single items.
///
/// # Errors
/// The manifest cannot be read.
pub(super) fn check(package: &Package) -> Result<Vec<String>> {
    if BY_MACRO.iter().any(|(name, _)| *name == package.name) {
        let says = says_unsafe(package.folder())?;
        return Ok(says.map(|file| format!("{}: {} says unsafe", package.name, file.display())).into_iter().collect());
    }
    let path = package.folder().join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|e| Error(format!("{}: {e}", path.display())))?;
    let allowed = ALLOWED.iter().any(|(name, _)| *name == package.name);
    Ok(problem(&text, allowed).map(|problem| format!("{}: {problem}", package.name)).into_iter().collect())
}

/// A Rust file below `folder`, its target folder aside, with the word in it.
fn says_unsafe(folder: &Path) -> Result<Option<PathBuf>> {
    for entry in folder.read_dir().map_err(|e| Error(format!("{}: {e}", folder.display())))? {
        let path = entry?.path();
        let found = if path.is_dir() && !path.ends_with("target") {
            says_unsafe(&path)?
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            fs::read_to_string(&path)?
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|w| w == "unsafe")
                .then_some(path)
        } else {
            None
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn problem(manifest: &str, allowed: bool) -> Option<&'static str> {
    let manifest: toml::Table = match manifest.parse() {
        Ok(table) => table,
        Err(_) => return Some("its manifest cannot be read"),
    };
    let lints = manifest.get("lints");
    // The checkout's own: `unsafe_code = "forbid"`.
    if lints.and_then(|lints| lints.get("workspace")?.as_bool()) == Some(true) {
        return None;
    }
    let level = lints.and_then(|lints| lints.get("rust")?.get("unsafe_code"));
    match (level.and_then(|level| level.as_str()), allowed) {
        (Some("forbid"), _) | (Some("deny"), true) => None,
        (Some("deny"), false) => Some("lets single items be unsafe, and is not named among those that may"),
        _ => Some("does not forbid unsafe code: lints.workspace = true, or lints.rust.unsafe_code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_in_sources_and_not_in_built_ones() {
        let dir = std::env::temp_dir().join(format!("aw-unsafety-{}", std::process::id()));
        fs::create_dir_all(dir.join("target")).unwrap();
        fs::create_dir_all(dir.join("src")).unwrap();
        fs::write(dir.join("target/a.rs"), "unsafe {}").unwrap();
        fs::write(dir.join("src/a.rs"), "// says_unsafe\n").unwrap();
        assert_eq!(says_unsafe(&dir).unwrap(), None);
        fs::write(dir.join("src/b.rs"), "unsafe { x }").unwrap();
        assert_eq!(says_unsafe(&dir).unwrap(), Some(dir.join("src/b.rs")));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn only_named_packages_may_do_less_than_forbid() {
        assert!(problem("[lints]\nworkspace = true\n", false).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"forbid\"\n", false).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"deny\"\n", true).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"deny\"\n", false).is_some());
        assert!(problem("[lints.rust]\nunsafe_code = \"allow\"\n", true).is_some());
        assert!(problem("[package]\nname = \"a\"\n", true).is_some());
    }
}
