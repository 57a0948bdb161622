//! What is deployed, in bytes.

use std::{fs, io::Write, path::Path};

use aw_runtimes::{Error, Result};
use flate2::{Compression, write::GzEncoder};

/// How long `files` are together, in kB: as they are, and each after gzip.
///
/// # Errors
/// One cannot be read, or has debug info.
pub(super) fn sizes(files: &[&Path]) -> Result<(f64, f64)> {
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
    Ok((raw as f64 / 1_000.0, packed as f64 / 1_000.0))
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
