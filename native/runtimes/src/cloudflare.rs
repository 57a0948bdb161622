//! Cloudflare's deployables, in `workerd` itself.
//!
//! wrangler is for deploying: it starts slowly and puts itself before every request. Here `workerd serve` runs the
//! [bundle](bundle()) that wrangler deploys, byte for byte, with two small workers that play the KV and the Cache API
//! which Cloudflare has behind it.

mod bundle;
mod config;

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

pub use bundle::{COMPATIBILITY_DATE, COMPATIBILITY_FLAGS, MAIN, MODULE, binding, bundle};

use self::config::Local;
use crate::{
    Launch, Result, Runtime, Server,
    cache::{self, at},
    free_port, setup,
};

/// How long workerd may take to listen on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The KV stores of every deployable: the manifest's, by name.
const STORES: [&str; 1] = ["content"];

/// workerd, in a process of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cloudflare;

impl Runtime for Cloudflare {
    fn name(&self) -> &'static str {
        "cloudflare"
    }

    fn build(&self, app: &str) -> Result<Vec<PathBuf>> {
        Ok(vec![bundle(app)?])
    }

    fn launch(&self, launch: &Launch) -> Result<Server> {
        serve(&bundle(&launch.app)?, launch, None)
    }
}

/// Starts workerd with the two modules in the folder `bundle`, which need not be one of ours: a benchmark has others
/// to compare with. It has KV of its own, unless a server at `kv` plays that (by the HTTP of workerd's KV binding):
/// then what KV costs is not workerd's.
///
/// # Errors
/// As [`Runtime::launch`].
pub fn serve(bundle: &Path, launch: &Launch, kv: Option<SocketAddr>) -> Result<Server> {
    let tools = setup::node()?;
    let port = launch.port.map_or_else(free_port, Ok)?;
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let files = Files::new(&launch.app, port)?;
    for module in [MAIN, MODULE] {
        let from = bundle.join(module);
        fs::copy(&from, files.0.join(module)).map_err(at(&from))?;
    }
    files.write("kv.mjs", include_str!("cloudflare/local/kv.mjs"))?;
    files.write("cache.mjs", include_str!("cloudflare/local/cache.mjs"))?;
    // workerd has SQLite on disk alone: without a state of the caller's it goes with the other files.
    let state = launch.state.as_deref().unwrap_or(&files.0).join("cloudflare-kv");
    fs::create_dir_all(&state).map_err(at(&state))?;
    let state = fs::canonicalize(&state).map_err(at(&state))?;
    let config =
        files.write("config.capnp", &config::render(&Local { launch, addr, stores: &STORES, state: &state, kv }))?;
    let mut command = tools.command("workerd");
    command.arg("serve").arg(&config);
    let server = Server::start(&mut command, launch, addr, PATIENCE)?;
    // It has been read, and it has the secrets.
    fs::remove_file(&config).map_err(at(&config))?;
    Ok(server.keeping(files))
}

/// What workerd is started from, in a folder that only its owner can enter. It goes with the server.
struct Files(PathBuf);

impl Files {
    fn new(app: &str, port: u16) -> Result<Self> {
        let dir = cache::folder("run")?.join(format!("cloudflare-{app}-{}-{port}", std::process::id()));
        // A folder of that name can only be left from a process that is gone.
        let _ = fs::remove_dir_all(&dir);
        fs::DirBuilder::new().mode(0o700).create(&dir).map_err(at(&dir))?;
        Ok(Self(dir))
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.0.join(name);
        let file: &Path = &path;
        let mut out = File::options().create_new(true).write(true).mode(0o600).open(file).map_err(at(file))?;
        out.write_all(text.as_bytes()).map_err(at(file))?;
        Ok(path)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
