//! How much of the processors a server has used, as the kernel counts it.

use std::fs;

/// What one tick of `/proc/PID/stat` is: the kernel's USER_HZ is 100 on every architecture that we run on.
const TICK: f64 = 0.01;

/// The seconds of CPU that process `pid` and its descendants have used, ended threads and processes included; in steps
/// of 10 ms.
pub(super) fn seconds(pid: u32) -> f64 {
    family(pid).into_iter().filter_map(ticks).sum::<f64>() * TICK
}

/// The microseconds of CPU that the threads of `pid` and of its descendants have used; threads that have ended are
/// missing.
pub(super) fn micros(pid: u32) -> f64 {
    let threads =
        family(pid).into_iter().flat_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten());
    let spent = threads.flatten().filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    spent.sum::<f64>() / 1_000.0
}

/// `pid` and its descendants.
fn family(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut at = 0;
    while let Some(&pid) = all.get(at) {
        at += 1;
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    all
}

fn ticks(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which is in parentheses and may have any character: fields 14 to 17 of proc(5), its own time and
    // that of its children that have ended.
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
    fields.map(|field| field.parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_is_counted() {
        let pid = std::process::id();
        let (before, fine) = (super::seconds(pid), super::micros(pid));
        let begun = std::time::Instant::now();
        while begun.elapsed().as_millis() < 100 {
            std::hint::black_box(0);
        }
        assert!(super::seconds(pid) > before);
        assert!(super::micros(pid) > fine);
        assert_eq!(super::seconds(u32::MAX), 0.0);
    }
}
