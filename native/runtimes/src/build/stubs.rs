//! The thread functions that Debian's C library for wasm (2022) lacks and newer ones have.
//!
//! Rust's standard library refers to them wherever a thread could be started. There are no threads on these targets:
//! starting one fails, as it does with the C library that rustup brings, and everything else does nothing.

use std::{fs, path::Path, process::Command};

use crate::{Result, cache, process::run};

/// The object's path in a sysroot.
pub(super) const FILE: &str = "lib/threads.o";

/// Compiles the functions into the sysroot `dir`.
///
/// # Errors
/// The compiler fails.
pub(super) fn compile(rustc: &str, dir: &Path, triple: &str) -> Result<()> {
    let source = dir.join("lib/threads.rs");
    fs::write(&source, SOURCE)?;
    let mut command = Command::new(rustc);
    command
        .args(["--edition=2024", "--crate-type=lib", "--crate-name=threads", "--emit=obj", "-Copt-level=s"])
        .args(["-Cpanic=abort", "-Ccodegen-units=1", "--target", triple, "--sysroot"])
        .arg(dir)
        .arg("-o")
        .arg(dir.join(FILE))
        .arg(&source)
        // `no_core` items are not stable and not needed: `no_std` is enough, with the library just built.
        .env_remove("LD_LIBRARY_PATH");
    run("thread functions", &mut command, &cache::log("sysroot-threads")?)
}

/// `EAGAIN` is 6 in WASI. An error from `pthread_attr_init` would be a panic in the standard library.
const SOURCE: &str = r#"#![no_std]
use core::ffi::{c_int, c_void};
const EAGAIN: c_int = 6;
type P = *mut c_void;
#[unsafe(no_mangle)] extern "C" fn pthread_create(_: P, _: P, _: P, _: P) -> c_int { EAGAIN }
#[unsafe(no_mangle)] extern "C" fn pthread_join(_: P, _: P) -> c_int { EAGAIN }
#[unsafe(no_mangle)] extern "C" fn pthread_detach(_: P) -> c_int { 0 }
#[unsafe(no_mangle)] extern "C" fn pthread_attr_init(_: P) -> c_int { 0 }
#[unsafe(no_mangle)] extern "C" fn pthread_attr_setstacksize(_: P, _: usize) -> c_int { 0 }
#[unsafe(no_mangle)] extern "C" fn pthread_attr_destroy(_: P) -> c_int { 0 }
"#;
