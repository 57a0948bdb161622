//! What a run came to, for people and for programs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::gaps::Gaps;

/// One case's name, and why it failed where it did.
pub(crate) type Outcome = (String, Result<(), String>);

/// What one runtime's run came to.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    runtime: String,
    cases: usize,
    passed: usize,
    failed: usize,
    declared_gaps: usize,
    unexpected_passes: usize,
    #[serde(skip)]
    lines: Vec<String>,
    #[serde(skip)]
    gaps: Vec<(String, String)>,
}

impl Report {
    /// Weighs `outcomes` against the declared gaps.
    pub(crate) fn new(runtime: &str, outcomes: &[Outcome], gaps: &Gaps) -> Self {
        let mut report = Self::empty(runtime);
        for (case, outcome) in outcomes {
            report.cases += 1;
            match (outcome, gaps.find(runtime, case)) {
                (Ok(()), None) => report.passed += 1,
                (Err(why), None) => {
                    report.failed += 1;
                    report.lines.push(format!("FAILED   {case}: {why}"));
                }
                (Err(why), Some(gap)) => {
                    report.declared_gaps += 1;
                    report.gaps.push((case.clone(), gap.reason.clone()));
                    report.lines.push(format!("declared {case}: {} ({why})", gap.reason));
                }
                (Ok(()), Some(_)) => {
                    report.unexpected_passes += 1;
                    report.lines.push(format!("PASSED   {case}: it is declared as a gap; take it out of gaps.toml"));
                }
            }
        }
        let cases: BTreeSet<String> = outcomes.iter().map(|(case, _)| case.clone()).collect();
        for gap in gaps.strays(runtime, &cases) {
            report.failed += 1;
            report.lines.push(format!("FAILED   {}: gaps.toml declares it, and there is no such case", gap.case));
        }
        report
    }

    /// The report on a runtime that did not start: one failure.
    pub(crate) fn broken(runtime: &str, why: &str) -> Self {
        let mut report = Self::empty(runtime);
        (report.cases, report.failed) = (1, 1);
        report.lines.push(format!("FAILED   start: {why}"));
        report
    }

    fn empty(runtime: &str) -> Self {
        Self {
            runtime: runtime.to_owned(),
            cases: 0,
            passed: 0,
            failed: 0,
            declared_gaps: 0,
            unexpected_passes: 0,
            lines: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Whether everything is as it should be.
    pub(crate) fn holds(&self) -> bool {
        self.failed == 0 && self.unexpected_passes == 0
    }

    /// How many cases passed, and how many did not come out as they should.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (count(self.passed), count(self.failed + self.unexpected_passes))
    }

    /// The cases that failed as declared, with the reason that is declared.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (&str, &str)> {
        self.gaps.iter().map(|(case, reason)| (case.as_str(), reason.as_str()))
    }

    /// A line for each case that has something to tell, and the summary.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let summary = format!(
            "{}: {} cases, {} passed, {} failed, {} declared gaps, {} unexpected passes",
            self.runtime, self.cases, self.passed, self.failed, self.declared_gaps, self.unexpected_passes
        );
        self.lines.iter().map(|line| format!("  {line}")).chain([summary])
    }

    /// Prints one object, or the lines.
    pub(crate) fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
        } else {
            self.lines().for_each(|line| println!("{line}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gaps, Report};

    #[test]
    fn an_unexpected_pass_and_a_stray_gap_fail_like_a_failure() {
        let gaps = Gaps::parse("[[gap]]\nruntime = \"spin\"\ncase = \"b\"\nreason = \"r\"\n").expect("a gap file");
        let outcome = |case: &str, ok: bool| (case.to_owned(), if ok { Ok(()) } else { Err("why".to_owned()) });
        let report = |runtime, outcomes: &[_]| Report::new(runtime, outcomes, &gaps).holds();
        assert!(report("spin", &[outcome("a", true), outcome("b", false)]));
        assert!(!report("spin", &[outcome("a", true), outcome("b", true)]));
        assert!(!report("spin", &[outcome("a", false), outcome("b", false)]));
        assert!(!report("spin", &[outcome("a", true)]));
        assert!(report("native", &[outcome("a", true), outcome("b", true)]));
        assert!(!Report::broken("native", "no").holds());
    }
}
