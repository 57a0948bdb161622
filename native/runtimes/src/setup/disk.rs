//! Room for what is built.

use crate::cache::target_dir;

/// The unit that people are told sizes in, in bytes.
pub const GB: u64 = 1_000_000_000;
/// What a first build of everything and all tests put into Cargo's target folder, in bytes, and a little more.
pub const NEEDED: u64 = 12 * GB;

/// How many bytes may still be written where Cargo's target folder is; `None` where the system does not say.
pub fn free() -> Option<u64> {
    let target = target_dir();
    let there = target.ancestors().find(|folder| folder.exists())?;
    let system = rustix::fs::statvfs(there).ok()?;
    Some(system.f_bavail * system.f_frsize)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_test_that_runs_has_had_room_to_be_built() {
        assert!(super::free().is_some_and(|bytes| bytes < 1 << 60));
    }
}
