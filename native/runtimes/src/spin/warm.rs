//! Machine code before it is needed: the host keeps what it has compiled, and a start after a build would compile it all.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    Files, PATIENCE, built,
    manifest::{self, Part},
    parts,
    program::Program,
};
use crate::{
    Launch, Result, Server,
    cache::{self, at},
    free_port,
};

/// Has the host compile the components of the deployable `app`, once for each that it has not seen. Spin itself
/// compiles when it starts.
///
/// # Errors
/// They cannot be read, or the host does not take them.
pub(super) fn warm(app: &str) -> Result<()> {
    let Program::Host(host) = Program::find()? else { return Ok(()) };
    let parts = parts(app)?;
    let components = built(&parts)?;
    let done = cache::folder("warm")?.join(fingerprint(&host, &components)?);
    if done.exists() {
        return Ok(());
    }
    let port = free_port()?;
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    let files = Files::new(&format!("{app}-warm"), port)?;
    let parts: Vec<Part> = parts.iter().map(|part| Part::new(&part.name, [format!("/{}", part.name)])).collect();
    // Without a value for anything: nothing is asked of it.
    let launch = Launch { app: app.to_owned(), ..Launch::default() };
    let manifest = files.write("spin.toml", &manifest::render(&launch, &parts, &components, &[]))?;
    let mut command = Program::Host(host).command(&manifest, &manifest, addr, &files.0);
    // It listens when it has compiled them all.
    Server::start(&mut command, &launch, addr, PATIENCE)?.stop();
    fs::write(&done, b"").map_err(at(&done))
}

/// Of the host and the components: what the host compiles is kept by both.
fn fingerprint(host: &Path, components: &[PathBuf]) -> Result<String> {
    let mut all = Sha256::new();
    all.update(host.to_string_lossy().as_bytes());
    for component in components {
        all.update(Sha256::digest(fs::read(component).map_err(at(component))?));
    }
    Ok(all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}
