//! Fastly's deployables, in Viceroy.
//!
//! Viceroy has the host's calls and not the service behind them: its KV and its cache are memory of the process, so
//! that [`Launch::state`] is of no use and a restart forgets them. An edge is filled by pushes and by reading through,
//! so that this costs latency and nothing else.

mod config;

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    Launch, Result, Runtime, Server, build,
    cache::{self, at, checkout},
    free_port, setup,
};

pub use config::{CONFIG, SECRETS};

/// How long Viceroy may take to compile a module and listen on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Viceroy, in a process of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fastly;

impl Runtime for Fastly {
    fn name(&self) -> &'static str {
        "fastly"
    }

    fn build(&self, app: &str) -> Result<Vec<PathBuf>> {
        Ok(vec![module(app)?])
    }

    fn launch(&self, launch: &Launch) -> Result<Server> {
        let viceroy = setup::viceroy()?;
        let module = module(&launch.app)?;
        let port = launch.port.map_or_else(free_port, Ok)?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let config = ConfigFile::write(launch, port)?;
        let mut command = Command::new(&viceroy);
        command.arg("serve").arg("--config").arg(&config.0).args(["--addr", &addr.to_string()]).arg(&module);
        Server::start(&mut command, launch, addr, PATIENCE)
    }
}

/// Builds the deployable `app` and writes its module to `dist/fastly/APP/main.wasm` in the checkout: what
/// `fastly compute pack --wasm-binary` and `publish` take.
///
/// # Errors
/// The app does not compile.
pub fn module(app: &str) -> Result<PathBuf> {
    let built = build::wasm(build::Target::Fastly, &[&format!("fastly-{app}")])?.remove(0);
    let dir = checkout().join("dist/fastly").join(app);
    let module = dir.join("main.wasm");
    // Two at once would read what the other has half written.
    let _lock = cache::lock(&format!("module-fastly-{app}"))?;
    fs::create_dir_all(&dir).map_err(at(&dir))?;
    fs::copy(&built, &module).map_err(at(&built))?;
    Ok(module)
}

/// Viceroy's configuration in a file that only its owner can read: it has the secrets. It goes when Viceroy has read
/// it.
struct ConfigFile(PathBuf);

impl ConfigFile {
    fn write(launch: &Launch, port: u16) -> Result<Self> {
        let name = format!("fastly-{}-{}-{port}.toml", launch.app, std::process::id());
        let file = Self(cache::folder("run")?.join(name));
        // A file of that name can only be left from a process that is gone; another may own its mode.
        let _ = fs::remove_file(&file.0);
        let path: &Path = &file.0;
        let mut out = File::options().create_new(true).write(true).mode(0o600).open(path).map_err(at(path))?;
        out.write_all(config::render(launch)?.as_bytes()).map_err(at(path))?;
        Ok(file)
    }
}

impl Drop for ConfigFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
