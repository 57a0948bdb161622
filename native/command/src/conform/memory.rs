//! How much memory a runtime takes, as the kernel sees it.

use std::{collections::HashMap, fs};

/// The resident memory of process `pid` and its descendants, in bytes; what cannot be read counts as nothing.
pub(crate) fn resident(pid: u32) -> u64 {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = field(process, "PPid:") {
            children.entry(parent as u32).or_default().push(process);
        }
    }
    let (mut total, mut left) = (0, vec![pid]);
    while let Some(process) = left.pop() {
        total += field(process, "VmRSS:").unwrap_or(0) * 1024;
        left.extend(children.remove(&process).unwrap_or_default());
    }
    total
}

fn field(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_takes_some() {
        assert!(super::resident(std::process::id()) > 100_000);
        assert_eq!(super::resident(u32::MAX), 0);
    }
}
