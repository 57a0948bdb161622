//! The root's `spin.toml` in the test host, which refuses what it does not know.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    time::Duration,
};

use aw_runtimes::{Error, Launch, Result, Runtime, Server, cache, free_port, spin::Spin};

use super::ensure;
use crate::{conform::get, suites::Ctx};

/// Every component is built to where the manifest has it, starts with what the manifest gives it, and answers on its
/// routes.
pub(super) fn rehearse(ctx: &Ctx, host: &Path) -> Result<()> {
    for app in ["gateway", "origin"] {
        Spin.build(app)?;
    }
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let mut command = Command::new(host);
    command.arg("--manifest").arg(ctx.checkout.join("spin.toml")).args(["--listen", &addr.to_string()]);
    let nowhere = format!("http://127.0.0.1:{}", free_port()?);
    let key = "rehearsal-0123456789abcdefghijklmnop";
    for (name, value) in [
        ("EDGE_KEY", key),
        ("MASTER_KEY", key),
        ("S3_SECRET_KEY", key),
        ("S3_ACCESS_KEY", "rehearsal"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1"),
        ("DATABASE_ADDRESS", "127.0.0.1:1"),
        ("BACKEND_ORIGIN", &nowhere),
    ] {
        command.env(format!("SPIN_VARIABLE_{name}"), value);
    }
    let launch = Launch { log: Some(cache::target_dir().join("suites/deploy-spin.log")), ..Launch::default() };
    let server = Server::start(&mut command, &launch, addr, Duration::from_secs(120))?;
    // Nobody signed these: the origin's components say so. The gateway does not know the host, nor reaches the origin.
    for (target, status) in
        [("/health/user", 200), ("/ready/storage", 503), ("/v1/users", 401), ("/v1/drafts", 401), ("/", 503)]
    {
        let reply = get(server.addr, target).map_err(|e| Error(format!("{target}: {e}")))?;
        ensure(reply.status() == status, || {
            format!("{target} is answered {} {:?}, and should be {status}", reply.status(), reply.text())
        })?;
    }
    Ok(())
}
