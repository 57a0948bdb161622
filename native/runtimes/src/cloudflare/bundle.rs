//! What is deployed to Cloudflare: one module of JavaScript and one of wasm.

use std::{fs, path::PathBuf};

use crate::{
    Result, build,
    cache::{self, at, checkout},
    process, setup,
};

/// The bundle's main module.
pub const MAIN: &str = "index.js";
/// The bundle's wasm module, as [`MAIN`] imports it.
pub const MODULE: &str = "core.wasm";

/// The behaviour of the runtime that the deployables are written for (wrangler's `compatibility_date`).
pub const COMPATIBILITY_DATE: &str = "2026-11-01";
/// What is asked for beyond it: the signal by which a request tells that its client has gone.
pub const COMPATIBILITY_FLAGS: [&str; 1] = ["enable_request_signal"];

/// The name of a binding: the manifest's name of a store, setting or secret in upper case, with `_` for `-`. A
/// backend's address is the variable `BACKEND_` and its name.
pub fn binding(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

/// Builds the deployable `app` and writes its two modules to `dist/cloudflare/APP` in the checkout; returns the folder.
///
/// The bundle is whole: wrangler deploys it as it is, with `main = "dist/cloudflare/APP/index.js"`, `no_bundle = true`,
/// `find_additional_modules = true` and the rule `{ type = "CompiledWasm", globs = ["*.wasm"], fallthrough = false }`.
///
/// # Errors
/// The app does not compile, or there is no esbuild and it cannot be had.
pub fn bundle(app: &str) -> Result<PathBuf> {
    let core = build::wasm(build::Target::Cloudflare, &[&format!("cloudflare-{app}")])?.remove(0);
    let tools = setup::node()?;
    let dir = checkout().join("dist/cloudflare").join(app);
    // Two at once would read what the other has half written.
    let _lock = cache::lock(&format!("bundle-cloudflare-{app}"))?;
    fs::create_dir_all(&dir).map_err(at(&dir))?;
    // Not copied: a module is no program, and a copy would have its mode.
    fs::write(dir.join(MODULE), fs::read(&core).map_err(at(&core))?)?;
    let mut esbuild = tools.command("esbuild");
    esbuild
        .arg(checkout().join("edge/cloudflare/js/entry.mjs"))
        .args(["--bundle", "--format=esm", "--target=es2024", "--external:*.wasm", "--log-level=warning"])
        // Names stay, for stack traces.
        .args(["--minify-whitespace", "--minify-syntax"])
        .arg(format!("--outfile={}", dir.join(MAIN).display()));
    process::run("esbuild", &mut esbuild, &cache::log(&format!("esbuild-{app}"))?)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::binding;

    #[test]
    fn bindings_are_names_of_variables() {
        assert_eq!(binding("edge-key"), "EDGE_KEY");
    }
}
