//! Spin's components, in Spin itself where a recent one is on `PATH`, else in the test host of `origin/spin/host`.
//!
//! A launch gets a manifest of its own; the root's `spin.toml` is for deploying. Both know settings, secrets and the
//! addresses of backends as variables, which reach the process by its environment alone.

mod manifest;
mod program;

use std::{
    fs::{self, DirBuilder, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use self::{manifest::Part, program::Program};
use crate::{
    Launch, Result, Runtime, Server, build,
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

    fn launch(&self, launch: &Launch) -> Result<Server> {
        let program = Program::find()?;
        let parts = parts(&launch.app);
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
    let parts = parts(app);
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

/// The user service's routes, as the manifest has them.
const USER: [&str; 7] = [
    "/v1/auth/...",
    "/v1/account/...",
    "/v1/identity-providers/...",
    "/v1/users/...",
    "/v1/profiles/...",
    "/v1/mails/...",
    "/_aw/work/user",
];

/// The subscription service's routes, as authorworks.toml has them.
const SUBSCRIPTION: [&str; 18] = [
    "/v1/tiers/...",
    "/v1/plans/...",
    "/v1/coupons/...",
    "/v1/gifts/...",
    "/v1/comps/...",
    "/v1/checkouts/...",
    "/v1/portal-sessions/...",
    "/v1/payment-provider/...",
    "/v1/subscriptions/...",
    "/v1/payouts/...",
    "/v1/payout-rules/...",
    "/v1/credits/...",
    "/v1/webhooks/payments",
    "/v1/me/subscription",
    "/v1/me/purchases",
    "/v1/me/invoices",
    "/v1/me/credits",
    "/_aw/work/subscription",
];

/// What a deployable consists of. The origin is several services behind one address.
fn parts(app: &str) -> Vec<Part> {
    match app {
        "origin" => vec![
            Part::new("user", &USER),
            Part::new("subscription", &SUBSCRIPTION),
            Part::new("storage", &["/v1/files/...", "/v1/uploads/...", "/_aw/work/storage"]),
            Part::new("imports", &["/v1/imports/..."]),
            Part::new("content", &["/..."]),
        ],
        app => vec![Part::new(app, &["/..."])],
    }
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
