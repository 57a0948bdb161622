//! What is deployed, in bytes.

use std::path::Path;

use aw_runtimes::{
    Result, Runtime,
    cloudflare::{Cloudflare, MAIN, MODULE},
    fastly::Fastly,
    spin::Spin,
};

use super::Bench;
use crate::bench::{figure::Figure, size::sizes};

/// The edge's module on Cloudflare at most 250 kB and on Fastly at most 350 kB, the origin's components at most 1 MB
/// each, all after gzip, and no debug info in any.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    for (app, limit) in [("gateway", Some(250.0)), ("hello", None)] {
        let folder = Cloudflare.build(app)?.remove(0);
        let files = [MAIN, MODULE].map(|name| folder.join(name));
        measure(bench, &format!("{app} on Cloudflare"), &files.iter().map(|f| f.as_path()).collect::<Vec<_>>(), limit)?;
    }
    for (app, limit) in [("gateway", Some(350.0)), ("hello", None), ("bare", None)] {
        let files = Fastly.build(app)?;
        measure(bench, &format!("{app} on Fastly"), &[&files[0]], limit)?;
    }
    for (app, limit) in [("origin", Some(1_000.0)), ("gateway", Some(1_000.0)), ("hello", None), ("bare", None)] {
        for file in Spin.build(app)? {
            let name = file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            measure(bench, &format!("{name} on Spin"), &[&file], limit)?;
        }
    }
    Ok(())
}

fn measure(bench: &mut Bench, name: &str, files: &[&Path], limit: Option<f64>) -> Result<()> {
    let (raw, packed) = sizes(files)?;
    bench.figure(Figure::new(format!("{name}: size"), raw, "kB"));
    let name = format!("{name}: size, gzip");
    bench.figure(match limit {
        Some(limit) => Figure::at_most(name, packed, "kB", limit),
        None => Figure::new(name, packed, "kB"),
    });
    Ok(())
}
