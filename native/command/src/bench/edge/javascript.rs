//! Workers written in JavaScript, to be compared with.

use std::{fs, net::SocketAddr, path::PathBuf};

use aw_runtimes::{
    Launch, Result, Server,
    cache::{self, checkout, target_dir},
    cloudflare::{self, MAIN, MODULE},
    process, setup,
};

/// The smallest module of WebAssembly: the runtime's configuration names one, and these workers have none.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

/// Starts workerd with `bench/NAME.mjs`, bundled by esbuild as wrangler would, and with KV at `kv`, where that is given.
///
/// # Errors
/// A tool is missing, or the worker does not start.
pub(super) fn serve(name: &str, launch: &Launch, kv: Option<SocketAddr>) -> Result<Server> {
    let app = name.replace('/', "-");
    cloudflare::serve(&bundle(name, &app)?, &Launch { app, ..launch.clone() }, kv)
}

fn bundle(name: &str, app: &str) -> Result<PathBuf> {
    let tools = setup::node()?;
    let dir = target_dir().join("bench").join(app);
    fs::create_dir_all(&dir)?;
    fs::write(dir.join(MODULE), EMPTY)?;
    let mut esbuild = tools.command("esbuild");
    esbuild
        .arg(checkout().join("bench").join(format!("{name}.mjs")))
        .args(["--bundle", "--format=esm", "--target=es2024", "--minify", "--log-level=warning"])
        .arg(format!("--outfile={}", dir.join(MAIN).display()))
        .env("NODE_PATH", tools.modules());
    process::run("esbuild", &mut esbuild, &cache::log(&format!("esbuild-{app}"))?)?;
    Ok(dir)
}
