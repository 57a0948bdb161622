//! Where `unsafe` may be: nowhere but in the packages named here, and there only on the items that say so.

use std::fs;

use aw_runtimes::{Error, Result};

use super::super::packages::Package;

/// Packages that may allow `unsafe` on single items, and why.
const ALLOWED: [(&str, &str); 1] = [("aw-cloudflare", "the ABI between the JavaScript entry and the core")];

/// Whether the manifest of `package` forbids `unsafe`, or denies it where it is allowed on single items.
///
/// # Errors
/// The manifest cannot be read.
pub(super) fn check(package: &Package) -> Result<Vec<String>> {
    let path = package.folder().join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|e| Error(format!("{}: {e}", path.display())))?;
    let allowed = ALLOWED.iter().any(|(name, _)| *name == package.name);
    Ok(problem(&text, allowed).map(|problem| format!("{}: {problem}", package.name)).into_iter().collect())
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
    fn only_named_packages_may_do_less_than_forbid() {
        assert!(problem("[lints]\nworkspace = true\n", false).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"forbid\"\n", false).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"deny\"\n", true).is_none());
        assert!(problem("[lints.rust]\nunsafe_code = \"deny\"\n", false).is_some());
        assert!(problem("[lints.rust]\nunsafe_code = \"allow\"\n", true).is_some());
        assert!(problem("[package]\nname = \"a\"\n", true).is_some());
    }
}
