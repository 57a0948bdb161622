//! Makes a component of a wasip1 module, as Spin takes it.
//!
//! The adapter turns the module's WASI preview 1 imports into `wasi:*@0.2` ones. It is an old one on purpose: a host
//! links every later 0.2 release to it, but not every host has what a newer adapter asks for.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_component::ComponentEncoder;

use super::derived;
use crate::{Error, Result, cache::at};

/// Writes the component of `NAME.wasm` beside it as `NAME.component.wasm`, unless that is newer.
///
/// # Errors
/// The module cannot be read, is not a reactor with a component's types in it, or the result cannot be written.
pub(super) fn beside(module: &Path) -> Result<PathBuf> {
    derived::beside(module, "component.wasm", |out| {
        let core = fs::read(module).map_err(at(module))?;
        let bytes = encode(&core).map_err(|reason| Error(format!("{}: {reason}", module.display())))?;
        fs::write(out, bytes).map_err(at(out))
    })
}

/// The component of a core module.
///
/// # Errors
/// In words: what the encoder found wrong, with the causes.
fn encode(core: &[u8]) -> Result<Vec<u8>, String> {
    ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.adapter(NAME, ADAPTER))
        .and_then(|mut encoder| encoder.encode())
        .map_err(|e| format!("{e:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_module_is_refused_in_words() {
        let reason = encode(b"\0asm junk").unwrap_err();
        assert!(!reason.is_empty() && !reason.contains("panicked"), "{reason}");
    }

    #[test]
    fn an_empty_module_becomes_a_component() {
        let bytes = encode(b"\0asm\x01\0\0\0").unwrap();
        assert_eq!(bytes[..8], *b"\0asm\x0d\0\x01\0");
    }
}
