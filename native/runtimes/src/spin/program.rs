//! The program that runs components.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result,
    process::{find, first_line},
    setup,
};

/// The oldest Spin that runs spin-sdk 5.2's components.
const OLDEST: (u32, u32) = (3, 4);

/// What there is on this machine.
pub(super) enum Program {
    Spin(PathBuf),
    Host(PathBuf),
}

impl Program {
    /// Spin itself where there is one that is recent enough, else the test host, built if need be.
    ///
    /// # Errors
    /// The host cannot be built.
    pub(super) fn find() -> Result<Self> {
        let spin = find("spin").filter(|file| {
            let line = first_line(file, &["--version"]).unwrap_or_default();
            version(&line).is_some_and(|version| version >= OLDEST)
        });
        spin.map_or_else(|| setup::SPIN_HOST.get().map(Self::Host), |file| Ok(Self::Spin(file)))
    }

    /// The command that serves `manifest` on `addr` and keeps its stores in `state`.
    pub(super) fn command(&self, manifest: &Path, stores: &Path, addr: SocketAddr, state: &Path) -> Command {
        match self {
            Self::Spin(file) => {
                let mut command = Command::new(file);
                command.args(["up", "--from"]).arg(manifest).args(["--listen", &addr.to_string()]);
                command.arg("--runtime-config-file").arg(stores).arg("--state-dir").arg(state);
                command
            }
            Self::Host(file) => {
                let mut command = Command::new(file);
                command.arg("--manifest").arg(manifest).args(["--listen", &addr.to_string()]);
                command.arg("--state").arg(state);
                command
            }
        }
    }
}

/// Major and minor of what Spin prints: `spin 3.6.3 (…)`. The model checker of the same name prints `Spin Version 6.5.2`.
fn version(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.strip_prefix("spin ")?.split(['.', '-', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, version};

    #[test]
    fn spin_is_told_from_the_model_checker_and_from_older_ones() {
        assert_eq!(version("spin 3.6.3 (51f4e49 2026-02-03)"), Some((3, 6)));
        assert_eq!(version("spin 4.1.0-pre0 (94a8fc8 2026-08-21)"), Some((4, 1)));
        assert!(version("spin 3.3.1 (x)").is_some_and(|old| old < OLDEST));
        assert_eq!(version("Spin Version 6.5.2 -- 6 December 2019"), None);
    }
}
