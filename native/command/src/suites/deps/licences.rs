//! Licences: every package's has to be met by those that `deny.toml` allows.

use std::{collections::BTreeMap, fs, path::Path};

use aw_runtimes::{Error, Result};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::super::packages::Workspace;

/// The part of `deny.toml` (the format is cargo-deny's) that this reads.
#[derive(Deserialize)]
struct File {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

/// The allowed licences.
pub(super) struct Allowed {
    all: Vec<String>,
    one: BTreeMap<String, Vec<String>>,
}

impl Allowed {
    /// Reads the list.
    ///
    /// # Errors
    /// There is no such file, or it is not in the format.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|e| Error(format!("{}: {e}", path.display())))?;
        let file: File = toml::from_str(&text).map_err(|e| Error(format!("{}: {e}", path.display())))?;
        let one = file.licenses.exceptions.into_iter().map(|e| (e.package, e.allow)).collect();
        Ok(Self { all: file.licenses.allow, one })
    }

    /// Why `package` may not be used under `licence`, an SPDX expression; `None` if it may.
    fn refusal(&self, package: &str, licence: Option<&str>) -> Option<String> {
        let Some(licence) = licence else { return Some("names no licence".into()) };
        let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) => expression,
            Err(e) => return Some(format!("its licence {licence:?} cannot be read: {}", e.reason)),
        };
        let extra = self.one.get(package).map_or(&[][..], Vec::as_slice);
        let allowed = |name: String| self.all.iter().chain(extra).any(|allowed| *allowed == name);
        let met = expression.evaluate(|requirement| allowed(requirement.to_string()));
        (!met).then(|| format!("its licence {licence:?} is not met by those that deny.toml allows"))
    }
}

/// The packages whose licence is not allowed.
pub(super) fn check(workspace: &Workspace, allowed: &Allowed) -> Vec<String> {
    let refusal = |p: &super::super::packages::Package| {
        let reason = allowed.refusal(&p.name, p.license.as_deref())?;
        Some(format!("{} {}: {reason}", p.name, p.version))
    };
    workspace.packages.iter().filter_map(refusal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_met_by_one_and_a_sum_by_all() {
        let all = ["MIT", "Apache-2.0 WITH LLVM-exception", "Apache-2.0"].map(String::from).to_vec();
        let allowed = Allowed { all, one: [("x".to_owned(), vec!["CC0-1.0".to_owned()])].into() };
        for (package, licence, ok) in [
            ("a", "MIT OR GPL-3.0-only", true),
            ("a", "MIT/Apache-2.0", true),
            ("a", "MIT AND GPL-3.0-only", false),
            ("a", "Apache-2.0 WITH LLVM-exception", true),
            ("a", "(MIT OR ISC) AND Apache-2.0", true),
            ("a", "AGPL-3.0-or-later", false),
            ("a", "GPL-2.0+", false),
            ("a", "my own", false),
            ("a", "CC0-1.0", false),
            ("x", "CC0-1.0", true),
        ] {
            assert_eq!(allowed.refusal(package, Some(licence)).is_none(), ok, "{package} {licence}");
        }
        assert!(allowed.refusal("a", None).is_some());
    }
}
