//! What of a failed stage's output is shown.

/// Lines that are shown; the log has all.
const SHOWN: usize = 200;

/// What the failed tests of `cargo test` said, where there are any, and otherwise the end of the output.
pub(super) fn of(text: &str) -> String {
    let mut failures = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        inside |= line == "failures:";
        if inside {
            failures.push(line);
        }
        inside &= !line.starts_with("test result: ");
    }
    if !failures.is_empty() {
        failures.truncate(SHOWN);
        return failures.join("\n");
    }
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_shown_and_not_what_came_after() {
        let output = "test a ... ok\n\nfailures:\n\n---- b stdout ----\npanicked at x\n\nfailures:\n    b\n\n\
            test result: FAILED. 1 passed; 1 failed\n\nrunning 1 test\ntest c ... ok\ntest result: ok. 1 passed\n";
        let shown = of(output);
        assert!(shown.starts_with("failures:\n\n---- b") && shown.ends_with("test result: FAILED. 1 passed; 1 failed"));
    }

    #[test]
    fn without_failed_tests_the_end_is_shown() {
        let output: String = (0..1000).map(|n| format!("{n}\n")).collect();
        let shown = of(&output);
        assert!(shown.starts_with("800\n") && shown.ends_with("\n999"));
    }
}
