//! A provider of payments for trying things out.
//!
//! It speaks as much of Stripe's HTTP API (form-encoded `v1`, Bearer keys, `Idempotency-Key`, signed webhooks) as
//! AuthorWorks uses, has the pages that a reader pays and cancels at, and takes no money. It says on every page that it
//! is a sandbox, and takes only keys that begin with `sk_sandbox_`: a real one ends here in an error.
//!
//! Its clock can be moved (`POST /sandbox/clock`), so that trials end, renewals come and payments fail when a test
//! says so.

mod api;
mod app;
mod billing;
mod deliver;
mod events;
mod hosted;
mod object;
mod pages;
mod state;

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

pub use aw_native::Running;
use aw_native::{Settings, serve};

/// What every key of an account begins with.
pub const KEY: &str = "sk_sandbox_";

/// Serves the sandbox at `addr` (port 0: any free one). Its state lives in `file`, or goes with it.
///
/// # Errors
/// One line: the port is taken, or the file is none of ours.
pub fn start(addr: SocketAddr, file: Option<&Path>) -> Result<Running, String> {
    serve::<app::Sandbox>(settings(addr, file))
}

fn settings(addr: SocketAddr, file: Option<&Path>) -> Settings {
    let file = file.map(|file| ("file".to_owned(), file.display().to_string()));
    // One thread: its state is one.
    Settings { listen: addr, threads: 1, config: BTreeMap::from_iter(file), ..Settings::default() }
}
