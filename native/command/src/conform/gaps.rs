//! The declared gaps, and what an outcome means beside them.

use std::collections::BTreeSet;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    gap: Vec<Gap>,
}

/// One thing that one runtime cannot do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gap {
    /// The runtime's name.
    pub(crate) runtime: String,
    /// The case that fails there.
    pub(crate) case: String,
    /// Why, in a sentence.
    pub(crate) reason: String,
}

/// All declared gaps.
pub(crate) struct Gaps(Vec<Gap>);

impl Gaps {
    /// Reads the gap file.
    ///
    /// # Errors
    /// It is not what a gap file is, or says a thing twice or without a reason.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| format!("the gap file: {e}"))?;
        let mut seen = BTreeSet::new();
        for gap in &file.gap {
            if gap.reason.trim().is_empty() {
                return Err(format!("the gap file: {} on {} has no reason", gap.case, gap.runtime));
            }
            if !seen.insert((&gap.runtime, &gap.case)) {
                return Err(format!("the gap file: {} on {} is declared twice", gap.case, gap.runtime));
            }
        }
        Ok(Self(file.gap))
    }

    /// The gap of `case` on `runtime`, where one is declared.
    pub(crate) fn find(&self, runtime: &str, case: &str) -> Option<&Gap> {
        self.0.iter().find(|gap| gap.runtime == runtime && gap.case == case)
    }

    /// What is declared for `runtime` and names no case of `cases`: a slip of the pen, or a case that is gone.
    pub(crate) fn strays<'a>(&'a self, runtime: &'a str, cases: &'a BTreeSet<String>) -> impl Iterator<Item = &'a Gap> {
        self.0.iter().filter(move |gap| gap.runtime == runtime && !cases.contains(&gap.case))
    }
}

#[cfg(test)]
mod tests {
    use super::Gaps;

    #[test]
    fn the_gap_file_in_the_tree_is_well_formed() {
        Gaps::parse(aw_conformance::GAPS).expect("gaps.toml");
    }

    #[test]
    fn a_gap_needs_a_reason_and_is_declared_once() {
        let one = "[[gap]]\nruntime = \"fastly\"\ncase = \"x\"\nreason = \"r\"\n";
        assert!(Gaps::parse(one).expect("well formed").find("fastly", "x").is_some());
        assert!(Gaps::parse(&one.repeat(2)).is_err());
        assert!(Gaps::parse(&one.replace("\"r\"", "\" \"")).is_err());
        assert!(Gaps::parse("[[gap]]\nruntime = \"fastly\"\n").is_err());
    }
}
