//! Builds the deployables: each wasm target by the route that this machine has, and native programs.

mod cargo;
mod component;
mod derived;
mod memo;
mod parallel;
mod route;
mod shrink;
mod stubs;
mod sysroot;

use std::{path::PathBuf, process::Command};

pub(crate) use cargo::only_program;
pub use cargo::{command as cargo_command, program as cargo_program};
pub(crate) use route::ready as route_ready;
pub use route::{Route, route};

use self::cargo::Kind;
use crate::{
    Result,
    cache::{checkout, target_dir},
};

/// What a deployable is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A `cdylib` for wasm32-unknown-unknown.
    Cloudflare,
    /// A program for wasm32-wasip1: its `main` serves one request.
    Fastly,
    /// A `cdylib` for wasm32-wasip1 (a reactor), made a component.
    Spin,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 3] = [Self::Cloudflare, Self::Fastly, Self::Spin];

    /// The platform's name, as in the target folder `wasm-NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cloudflare => "cloudflare",
            Self::Fastly => "fastly",
            Self::Spin => "spin",
        }
    }

    /// The compiler's name for the target.
    pub fn triple(self) -> &'static str {
        match self {
            Self::Cloudflare => "wasm32-unknown-unknown",
            Self::Fastly | Self::Spin => "wasm32-wasip1",
        }
    }

    /// Compiler flags that the target's deployables need on every route.
    pub(crate) fn flags(self) -> &'static [&'static str] {
        match self {
            // The JavaScript entry puts the stack back where it was after a panic.
            Self::Cloudflare => &["-Clink-arg=--export=__stack_pointer"],
            Self::Fastly | Self::Spin => &[],
        }
    }
}

/// Packages for Spin that are no service of the origin: what is hot at an edge is hot there too.
const EDGES_OWN: [&str; 3] = ["spin-conformance", "spin-gateway", "spin-hello"];

/// The profile of a package: a service of the origin waits for its database and is built for size.
fn profile(target: Target, package: &str) -> &'static str {
    if target == Target::Spin && !EDGES_OWN.contains(&package) { "wasm-service" } else { "wasm" }
}

/// Builds `packages` for `target` with the profile `wasm`, or `wasm-service` for the origin's services, and returns a
/// file for each, in the same order: a core module for Cloudflare and Fastly, a component for Spin. What is counted in
/// bytes (by Cloudflare and Fastly, and at the origin, where a node loads every service) is made as small as it can be.
///
/// # Errors
/// The target's toolchain cannot be had, or a package does not compile or makes no wasm file.
pub fn wasm(target: Target, packages: &[&str]) -> Result<Vec<PathBuf>> {
    memo::once((target.name(), packages), || {
        let mut built: Vec<Option<PathBuf>> = vec![None; packages.len()];
        for name in ["wasm", "wasm-service"] {
            let (places, some): (Vec<usize>, Vec<&str>) =
                packages.iter().enumerate().filter(|(_, package)| profile(target, package) == name).unzip();
            if some.is_empty() {
                continue;
            }
            let mut command = cargo_for(target, "build")?;
            command.args(["--profile", name]);
            let modules = cargo::files(&mut command, &some, Kind::Wasm)?;
            let finished = parallel::map(&modules, |module| match (target, name) {
                (Target::Spin, "wasm-service") => component::beside(&shrink::beside(module)?),
                (Target::Spin, _) => component::beside(module),
                (Target::Cloudflare | Target::Fastly, _) => shrink::beside(module),
            });
            for (place, file) in places.into_iter().zip(finished) {
                built[place] = Some(file?);
            }
        }
        Ok(built.into_iter().flatten().collect())
    })
}

/// A Cargo command such as `build`, `check` or `clippy` for `target`, without packages, profile or output format:
/// `cargo clippy` for a crate that exists only on that target goes the same way as its build.
///
/// # Errors
/// The target's toolchain cannot be had.
pub fn cargo_for(target: Target, subcommand: &str) -> Result<Command> {
    let route = route(target)?;
    let mut command = route.cargo(subcommand)?;
    let flags: Vec<String> = target.flags().iter().map(|&f| f.to_owned()).chain(route.flags(target)).collect();
    command
        .args(["--target", target.triple()])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", target_dir().join(format!("wasm-{}", target.name())))
        .current_dir(checkout());
    Ok(command)
}

/// Builds `packages` for this machine and returns the program of each, in the same order.
///
/// # Errors
/// A package does not compile, or has no program.
pub fn native(packages: &[&str], release: bool) -> Result<Vec<PathBuf>> {
    memo::once((if release { "release" } else { "debug" }, packages), || {
        let mut command = cargo_command()?;
        command.arg("build").current_dir(checkout());
        if release {
            command.arg("--release");
        }
        cargo::files(&mut command, packages, Kind::Program)
    })
}
