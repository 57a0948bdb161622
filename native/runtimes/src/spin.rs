//! Spin's components, in Spin itself where a recent one is on `PATH`, else in the test host of `origin/spin/host`.
//!
//! A launch gets a manifest of its own; the root's `spin.toml` is for deploying. Both know settings, secrets and the
//! addresses of backends as variables, which reach the process by its environment alone.

mod manifest;
mod program;
mod warm;

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use self::{manifest::Part, program::Program};
use crate::{
    Error, Launch, Result, Runtime, Server, build,
    cache::{self, at, checkout},
    free_port,
};

/// How long it may take to compile components and listen on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Spin, in a process of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spin;

impl Runtime for Spin {
    fn name(&self) -> &'static str {
        "spin"
    }

    fn build(&self, app: &str) -> Result<Vec<PathBuf>> {
        components(app)
    }

    fn prepare(&self, app: &str) -> Result<()> {
        warm::warm(app)
    }

    fn launch(&self, launch: &Launch) -> Result<Server> {
        let program = Program::find()?;
        let parts = parts(&launch.app)?;
        let components = built(&parts)?;
        let port = launch.port.map_or_else(free_port, Ok)?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let files = Files::new(&launch.app, port)?;
        let variables = manifest::variables(launch);
        let manifest = files.write("spin.toml", &manifest::render(launch, &parts, &components, &variables))?;
        // Without a state of the caller's it goes with the other files.
        let state = launch.state.as_deref().unwrap_or(&files.0).join("spin");
        fs::create_dir_all(&state).map_err(at(&state))?;
        let stores = files.write("runtime-config.toml", &manifest::stores(&state))?;
        let mut command = program.command(&manifest, &stores, addr, &state);
        for variable in &variables {
            command.env(variable.environment(), &variable.value);
        }
        let server = Server::start(&mut command, launch, addr, PATIENCE)?;
        Ok(server.keeping(files))
    }
}

/// Builds the components of the deployable `app` and writes them to `dist/spin/NAME.wasm` in the checkout, where the
/// root's `spin.toml` has them for `spin up` and `spin deploy`: one named like the app, or for `origin` one for each
/// service.
///
/// # Errors
/// A component does not compile.
pub fn components(app: &str) -> Result<Vec<PathBuf>> {
    let parts = parts(app)?;
    let folder = checkout().join("dist/spin");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let copy = |(part, built): (&Part, PathBuf)| {
        let place = folder.join(format!("{}.wasm", part.name));
        // Renamed when whole: a Spin that watches the file never reads half of it.
        let partial = folder.join(format!(".{}.{}", part.name, std::process::id()));
        fs::copy(&built, &partial).map_err(at(&built))?;
        fs::rename(&partial, &place).map_err(at(&place))?;
        Ok(place)
    };
    parts.iter().zip(built(&parts)?).map(copy).collect()
}

/// What a deployable consists of. The origin is several services behind one address.
fn parts(app: &str) -> Result<Vec<Part>> {
    if app == "origin" { origin() } else { Ok(vec![Part::new(app, [REST.to_owned()])]) }
}

/// Every path that no other component has.
const REST: &str = "/...";

/// The origin's services with their routes, as `authorworks.toml` has them.
fn origin() -> Result<Vec<Part>> {
    let manifest: Manifest = toml::from_str(MANIFEST).map_err(|e| Error(format!("authorworks.toml: {e}")))?;
    let part = |name: &String| {
        let app = manifest.apps.get(name).filter(|app| app.tier == "origin")?;
        // What no service has is answered by one of ours, in the API's envelope, and not by Spin.
        let rest = (name == "content").then(|| REST.to_owned());
        Some(Part::new(name, app.routes.iter().cloned().chain(rest).collect::<Vec<_>>()))
    };
    Ok(manifest.spin.apps.iter().filter_map(part).collect())
}

const MANIFEST: &str = include_str!("../../../authorworks.toml");

/// What is read of the manifest.
#[derive(Deserialize)]
struct Manifest {
    apps: BTreeMap<String, App>,
    spin: Apps,
}

#[derive(Deserialize)]
struct App {
    tier: String,
    routes: Vec<String>,
}

#[derive(Deserialize)]
struct Apps {
    apps: Vec<String>,
}

fn built(parts: &[Part]) -> Result<Vec<PathBuf>> {
    let packages: Vec<String> = parts.iter().map(|part| format!("spin-{}", part.name)).collect();
    build::wasm(build::Target::Spin, &packages.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What the process is started from, in a folder that only its owner can enter. It goes with the server.
struct Files(PathBuf);

impl Files {
    fn new(app: &str, port: u16) -> Result<Self> {
        let dir = cache::folder("run")?.join(format!("spin-{app}-{}-{port}", std::process::id()));
        // A folder of that name can only be left from a process that is gone.
        let _ = fs::remove_dir_all(&dir);
        DirBuilder::new().mode(0o700).create(&dir).map_err(at(&dir))?;
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
