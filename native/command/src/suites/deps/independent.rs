//! The independence of `shared/`: no platform's SDK, no server and no async runtime below it.

use aw_runtimes::Result;

use super::super::{Ctx, packages::Package};

/// What ties code to one platform or to an operating system's threads and sockets.
const BANNED: [&str; 12] = [
    "tokio",
    "hyper",
    "async-std",
    "smol",
    "worker",
    "worker-sys",
    "fastly",
    "fastly-sys",
    "spin-sdk",
    "wasmtime",
    "wasip2",
    "wasip3",
];

/// The banned packages among what `package` depends on, on any target, with its own features only.
///
/// # Errors
/// Cargo fails.
pub(super) fn check(ctx: &Ctx, package: &Package) -> Result<Vec<String>> {
    let words = ["tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none", "--format", "{p}"];
    let mut command = ctx.cargo(&words)?;
    let output = command.args(["--package", &package.name]).output()?;
    if !output.status.success() {
        return Ok(vec![String::from_utf8_lossy(&output.stderr).into_owned()]);
    }
    let tree = String::from_utf8_lossy(&output.stdout);
    Ok(banned(&tree).into_iter().map(|name| format!("{}: depends on {name}", package.name)).collect())
}

/// The banned packages in what `cargo tree` lists, one `name version` a line.
fn banned(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    found.retain(|name| BANNED.contains(name));
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_packages_are_found_by_their_whole_name() {
        assert_eq!(banned("aw-x v0.1.0 (/w)\ntokio-util v0.7.0\nhttp v1.0.0\n"), Vec::<&str>::new());
        assert_eq!(banned("aw-x v0.1.0\ntokio v1.0.0\nbytes v1\ntokio v1.0.0 (*)\n"), ["tokio"]);
    }
}
