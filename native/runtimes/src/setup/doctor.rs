//! What is here and what is missing, without installing anything.

use std::path::PathBuf;

use serde::Serialize;

use super::{SPIN_HOST, TYPESETTER, browser, disk, node, postgres, viceroy};
use crate::{
    build::{Target, route_ready},
    cache::{checkout, target_dir},
    process::{find, first_line},
};

/// One tool's state.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Its name.
    pub tool: String,
    /// The version found, or the one that would be installed.
    pub version: Option<String>,
    /// Where it is.
    pub path: Option<PathBuf>,
    /// Whether it is there.
    pub ok: bool,
    /// What to do if it is not.
    pub remedy: Option<String>,
}

impl Finding {
    fn new(tool: &str, version: Option<String>, path: Option<PathBuf>, remedy: &str) -> Self {
        let ok = path.is_some();
        Self { tool: tool.into(), version, path, ok, remedy: (!ok).then(|| remedy.into()) }
    }
}

/// The state of every tool. Uses no network and changes nothing.
pub fn doctor() -> Vec<Finding> {
    let setup = "cargo aw setup";
    let mut findings = vec![
        program("cargo", "--version", "install Rust 1.95 or later (rustup.rs)"),
        program("rustc", "--version", "install Rust 1.95 or later (rustup.rs)"),
        program("cargo-clippy", "--version", "rustup component add clippy"),
        program("rustfmt", "--version", "rustup component add rustfmt"),
    ];
    for target in [Target::Cloudflare, Target::Fastly] {
        let route = route_ready(target);
        let version = route.as_ref().map(|r| r.describe());
        let path = route.and_then(|r| r.sysroot().or_else(|| find("rustc")));
        let remedy = format!("rustup target add {}, or {setup} as root on Debian", target.triple());
        findings.push(Finding::new(target.triple(), version, path, &remedy));
    }
    let tools = node::ready();
    for (package, name) in
        [("node", "node"), ("wrangler", "wrangler"), ("@fastly/cli", "fastly"), ("esbuild", "esbuild")]
    {
        let version = node::PACKAGES.iter().find(|(n, _)| *n == package).map(|(_, v)| (*v).to_owned());
        findings.push(Finding::new(name, version, tools.as_ref().map(|t| t.program(name)), setup));
    }
    findings.push(Finding::new("viceroy", Some(viceroy::VERSION.into()), viceroy::ready(), setup));
    let database = postgres::ready();
    let (version, path) = database.map_or((None, None), |(version, dir)| (Some(version), Some(dir)));
    findings.push(Finding::new("postgres", version, path, "install PostgreSQL 15 or later, or cargo aw setup as root"));
    findings.push(Finding::new("spin-host", None, SPIN_HOST.ready(), setup));
    let browser = browser::ready();
    let version = browser.as_ref().and_then(|file| first_line(file, &["--version"]));
    findings.push(Finding::new("chromium", version, browser, "install Chromium, or cargo aw setup as root on Debian"));
    let remedy = "only for exports as PDF: cargo aw setup --pdf";
    findings.push(Finding::new("typesetter", None, TYPESETTER.ready(), remedy));
    let free = disk::free();
    let room = free.filter(|free| *free >= disk::NEEDED).map(|_| target_dir());
    let remedy =
        format!("a first build and all tests take {} GB in the target folder: make room", disk::NEEDED / disk::GB);
    findings.push(Finding::new("disk", free.map(|free| format!("{} GB free", free / disk::GB)), room, &remedy));
    findings.push(program("wrk", "--version", "only for bench: install wrk"));
    findings
}

fn program(name: &str, argument: &str, remedy: &str) -> Finding {
    let path = find(name);
    // Run in the checkout: rustup chooses the toolchain by the folder.
    let version = path.as_ref().and_then(|file| {
        let output = std::process::Command::new(file).arg(argument).current_dir(checkout()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().next().map(|line| line.trim().to_owned())
    });
    Finding::new(name, version, path, remedy)
}
