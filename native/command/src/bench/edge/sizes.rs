//! What is deployed, in bytes.

use std::{fs, io::Write, path::Path};

use aw_runtimes::{
    Error, Result, Runtime,
    cloudflare::{Cloudflare, MAIN, MODULE},
    fastly::Fastly,
    spin::Spin,
};
use flate2::{Compression, write::GzEncoder};

use super::Bench;
use crate::bench::figure::Figure;

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
    let (mut raw, mut packed) = (0, 0);
    for file in files {
        let bytes = fs::read(file).map_err(|e| Error(format!("{}: {e}", file.display())))?;
        if let Some(section) = debug_info(&bytes) {
            return Err(Error(format!("{} has debug info: {section}", file.display())));
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        raw += bytes.len();
        packed += gzip.finish()?.len();
    }
    bench.figure(Figure::new(format!("{name}: size"), raw as f64 / 1_000.0, "kB"));
    let (name, packed) = (format!("{name}: size, gzip"), packed as f64 / 1_000.0);
    bench.figure(match limit {
        Some(limit) => Figure::at_most(name, packed, "kB", limit),
        None => Figure::new(name, packed, "kB"),
    });
    Ok(())
}

/// The name of a section with debug info (DWARF), where a module or component has one. They are uncompressed and
/// named in clear text.
fn debug_info(wasm: &[u8]) -> Option<&'static str> {
    if !wasm.starts_with(b"\0asm") {
        return None;
    }
    [".debug_info", ".debug_line", ".debug_str"].into_iter().find(|section| {
        let named = [&[section.len() as u8][..], section.as_bytes()].concat();
        wasm.windows(named.len()).any(|w| w == named)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn debug_info_is_found() {
        assert_eq!(super::debug_info(b"\0asm\x01\0\0\0\0\x20\x0b.debug_info..."), Some(".debug_info"));
        assert_eq!(super::debug_info(b"\0asm\x01\0\0\0 says .debug_info"), None);
        assert_eq!(super::debug_info(b"text"), None);
    }
}
