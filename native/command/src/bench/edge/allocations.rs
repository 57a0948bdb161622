//! What a request allocates on native.

use std::process::{Command, Stdio};

use aw_runtimes::{Error, Result, build};
use serde::Deserialize;

use super::Bench;
use crate::bench::figure::Figure;

#[derive(Deserialize)]
struct Counted {
    native: f64,
    bare: f64,
}

/// Not one allocation more than bare hyper, in the program `bench/allocations`, which counts them.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let program = build::native(&["bench-allocations"], true)?.remove(0);
    let output = Command::new(&program).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    bench.raw.note("allocations", &text)?;
    let counted: Counted = serde_json::from_str(&text).map_err(|e| Error(format!("{}: {e}", program.display())))?;
    // Connections are few and requests are many: what a connection allocates is a small fraction of one.
    let figure = Figure::new("hello on native: allocations", counted.native, "/req");
    bench.figure(figure.at_most_above("bare hyper", counted.bare, counted.native - counted.bare, 0.01));
    Ok(())
}
