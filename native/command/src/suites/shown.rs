//! What of a failed stage's output is shown.

/// Lines that are shown; the log has all.
const SHOWN: usize = 200;

/// What the failed tests of `cargo test` said, or what the compiler refused, where there is any of it, and otherwise the
/// end of the output.
pub(super) fn of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_end_of_tests = |line: &str| line.starts_with("test result: ");
    let mut shown = between(&lines, |line| line == "failures:", is_end_of_tests);
    if shown.is_empty() {
        shown = between(&lines, |line| line.starts_with("error: ") || line.starts_with("error["), str::is_empty);
    }
    if shown.is_empty() {
        shown = lines[lines.len().saturating_sub(SHOWN)..].to_vec();
    }
    shown.truncate(SHOWN);
    shown.join("\n")
}

/// The lines of every stretch from one that `begins` it to the next that `ends` it, with both.
fn between<'a>(lines: &[&'a str], begins: impl Fn(&str) -> bool, ends: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let mut inside = false;
    let mut kept = Vec::new();
    for &line in lines {
        inside |= begins(line);
        if inside {
            kept.push(line);
        }
        inside &= !ends(line);
    }
    kept
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
    fn what_the_compiler_refused_is_shown_though_more_came_after() {
        let after: String = (0..1000).map(|n| format!("    Checking crate-{n}\n")).collect();
        let shown = of(&format!("    Checking a\nerror: a needless clone\n  --> a.rs:1:2\n\n{after}"));
        assert_eq!(shown, "error: a needless clone\n  --> a.rs:1:2\n");
    }

    #[test]
    fn without_failed_tests_the_end_is_shown() {
        let output: String = (0..1000).map(|n| format!("{n}\n")).collect();
        let shown = of(&output);
        assert!(shown.starts_with("800\n") && shown.ends_with("\n999"));
    }
}
