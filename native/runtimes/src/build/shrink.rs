//! Makes a module smaller than the compiler does: Binaryen's `wasm-opt`, over the whole module.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::derived;
use crate::{Result, cache, process, setup};

/// What the compiler uses of WebAssembly beyond its first version, and every runtime here has.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Writes the smaller `NAME.wasm` beside it as `NAME.small.wasm`, unless that is newer.
///
/// # Errors
/// There is no `wasm-opt` and it cannot be had, or it refuses the module.
pub(super) fn beside(module: &Path) -> Result<PathBuf> {
    let name = module.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    derived::beside(module, "small.wasm", |out| {
        let mut command: Command = setup::node()?.command("wasm-opt");
        command.arg("-Oz").args(FEATURES).arg(module).arg("-o").arg(out);
        process::run("wasm-opt", &mut command, &cache::log(&format!("wasm-opt-{name}"))?)
    })
}
