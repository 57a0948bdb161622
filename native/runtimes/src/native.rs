//! The native deployables, on hyper and tokio.

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    Database, Launch, Result, Runtime, Server, build,
    cache::{self, at},
    free_port,
};

/// How long a deployable may take to listen: opening a large store takes the longest.
const PATIENCE: Duration = Duration::from_secs(20);

/// hyper and tokio, in a process of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl Runtime for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn build(&self, app: &str) -> Result<Vec<PathBuf>> {
        build::native(&[&format!("native-{app}")], true)
    }

    fn launch(&self, launch: &Launch) -> Result<Server> {
        let package = format!("native-{}", launch.app);
        let program = build::native(&[&package], true)?.remove(0);
        let port = launch.port.map_or_else(free_port, Ok)?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let settings = SettingsFile::write(launch, addr)?;
        Server::start(Command::new(&program).arg("--settings").arg(&settings.0), launch, addr, PATIENCE)
    }
}

/// The deployable's settings in a file that only its owner can read. It goes when the deployable has read it.
struct SettingsFile(PathBuf);

impl SettingsFile {
    fn write(launch: &Launch, addr: SocketAddr) -> Result<Self> {
        let settings = json!({
            "listen": addr,
            "backends": launch.backends,
            "config": launch.config,
            "secrets": launch.secrets,
            "database": launch.database.as_ref().map(database),
            "kv": launch.state.as_ref().map(|dir| dir.join("kv")),
        });
        let name = format!("native-{}-{}-{}.json", launch.app, std::process::id(), addr.port());
        let file = Self(cache::folder("run")?.join(name));
        // A file of that name can only be left from a process that is gone; another may own its mode.
        let _ = fs::remove_file(&file.0);
        let path: &Path = &file.0;
        let mut out = File::options().create_new(true).write(true).mode(0o600).open(path).map_err(at(path))?;
        out.write_all(settings.to_string().as_bytes()).map_err(at(path))?;
        Ok(file)
    }
}

/// The database in the settings' terms.
fn database(database: &Database) -> Value {
    let Database { host, port, user, password } = database;
    match password {
        Some(password) => json!({ "host": host, "port": port, "user": user, "password": password }),
        None => json!({ "host": host, "port": port, "user": user }),
    }
}

impl Drop for SettingsFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
