//! A stand-in for `spin up` where Spin itself cannot be had, for tests and for `authorworks up`: it serves the
//! components of a `spin.toml` on published wasmtime crates.
//!
//! It provides what our components use and behaves as Spin 3.4 to 4.1 does, defects included: one instance per
//! request, header values that have to be UTF-8, `spin-client-addr` appended after a forged one, no `TCP_NODELAY`,
//! a handler that goes on when its client has gone, PostgreSQL connections that are lent with a transaction open,
//! `timestamptz` that does not decode. What is missing: TLS, service chaining, other triggers and stores.
//!
//! Environment: `SPIN_VARIABLE_NAME` sets a variable of the manifest, `SPIN_MAX_INSTANCE_MEMORY` limits an instance's
//! memory in bytes (256 MiB where it is not set). A host that is told to stop says what its instances have cost.

mod allowed;
mod app;
mod args;
mod bindings;
mod key_value;
mod manifest;
mod measured;
mod outbound;
mod postgres;
mod prepare;
mod router;
mod serve;
mod state;
mod store;
mod template;

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, Result};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("spin-host: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args = args::parse(std::env::args().skip(1))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let app = Arc::new(app::App::load(&args)?);
        let listener = TcpListener::bind(args.listen).await.with_context(|| format!("listening on {}", args.listen))?;
        println!("Serving http://{}", listener.local_addr()?);
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            _ = serve::serve(app.clone(), listener) => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        app.components.iter().filter_map(|(id, c)| c.measured.told(id)).for_each(|line| println!("{line}"));
        Ok(())
    })
}
