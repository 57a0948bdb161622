//! What Cargo knows of a workspace's packages.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Stdio,
};

use aw_runtimes::{Error, Result, build::Target};
use serde::Deserialize;

use super::Ctx;

/// A workspace with all that it depends on.
#[derive(Deserialize)]
pub(super) struct Workspace {
    /// Members and dependencies.
    pub(super) packages: Vec<Package>,
    workspace_members: Vec<String>,
}

/// A package.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    id: String,
    pub(super) license: Option<String>,
    manifest_path: PathBuf,
    pub(super) dependencies: Vec<Dependency>,
    targets: Vec<Artifact>,
    #[serde(default)]
    pub(super) metadata: serde_json::Value,
}

/// A dependency as a package's manifest names it.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) rename: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Reads the workspace of the manifest `manifest` with `cargo metadata --locked`.
    ///
    /// # Errors
    /// Cargo fails, for one because the lock file is not up to date.
    pub(super) fn read(ctx: &Ctx, manifest: &Path) -> Result<Self> {
        let mut command = ctx.cargo(&["metadata", "--locked", "--format-version", "1", "--manifest-path"])?;
        let output = command.arg(manifest).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            return Err(Error(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        serde_json::from_slice(&output.stdout).map_err(|e| Error(format!("cargo metadata: {e}")))
    }

    /// The packages that are ours.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Package name → the name its library has in code.
    pub(super) fn libraries(&self) -> HashMap<&str, String> {
        self.packages.iter().filter_map(|package| Some((package.name.as_str(), package.library()?))).collect()
    }
}

impl Package {
    /// Its folder.
    pub(super) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }

    /// Whether it lies below `folder` of the checkout.
    pub(super) fn below(&self, ctx: &Ctx, folder: &str) -> bool {
        self.folder().starts_with(ctx.checkout.join(folder))
    }

    /// The platform that it is only for: such a package is compiled for its target and nothing else.
    pub(super) fn target(&self, ctx: &Ctx) -> Option<Target> {
        let folders: fn(Target) -> &'static [&'static str] = |target| match target {
            Target::Cloudflare => &["edge/cloudflare"],
            Target::Fastly => &["edge/fastly", "bench/bare-fastly"],
            Target::Spin => &["origin/spin", "bench/bare-spin"],
        };
        Target::ALL.into_iter().find(|&target| folders(target).iter().any(|folder| self.below(ctx, folder)))
    }

    fn library(&self) -> Option<String> {
        let library = |kind: &String| kind.ends_with("lib") || kind == "proc-macro";
        let artifact = self.targets.iter().find(|artifact| artifact.kind.iter().any(library))?;
        Some(artifact.name.replace('-', "_"))
    }
}
