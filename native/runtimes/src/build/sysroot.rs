//! A standard library for wasm, built once from Debian's source package and kept in the cache.
//!
//! Debian's `rustc-web` has no wasm library, but `rust-web-src` has its source with all its dependencies, and
//! `wasi-libc` the C library below it. What is built here is laid out as a sysroot, so that packages are then
//! compiled by an ordinary `cargo build` without unstable flags.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use super::{Target, route::has_std, stubs};
use crate::{
    Error, Result,
    cache::{self, at},
    process::{find, run},
    setup::apt,
};

/// Debian's Cargo, which reads the same registry cache as rustup's.
pub(super) const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const RUSTLIB: &str = "/usr/lib/rustlib";
const WASI: &str = "/usr/lib/wasm32-wasi";

/// Raised when the layout or the flags below change.
const LAYOUT: u32 = 1;

/// A standard library for one target and the compiler it belongs to.
#[derive(Clone, Debug)]
pub struct Sysroot {
    /// Where it is.
    pub dir: PathBuf,
    /// The compiler's version, such as `1.96.0`.
    pub version: String,
    /// The linker's name, such as `wasm-ld-22`.
    linker: String,
}

/// The compiler: its version and the linker of the same LLVM.
struct Compiler {
    version: String,
    llvm: String,
}

/// The sysroot for `triple` if it is complete and its compiler and linker are there.
pub(super) fn ready(triple: &str) -> Option<Sysroot> {
    let compiler = compiler()?;
    let sysroot = sysroot(triple, &compiler).ok()?;
    (complete(&sysroot.dir, triple) && find(&sysroot.linker).is_some() && libc(triple)).then_some(sysroot)
}

/// Makes the sysroot for `triple`: installs Debian's packages (root only) and builds the standard library, about
/// 45 s of CPU.
///
/// # Errors
/// The packages cannot be installed (the message has the command to run), or the build fails.
pub(super) fn make(triple: &str) -> Result<Sysroot> {
    let source = Path::new(RUSTLIB).join("src/rust/library/std");
    if compiler().is_none() || !Path::new(CARGO).is_file() || !source.is_dir() || !libc(triple) {
        apt::install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "wasi-libc"])?;
    }
    let compiler = compiler().ok_or_else(|| Error(format!("{RUSTC} does not run")))?;
    let sysroot = sysroot(triple, &compiler)?;
    if find(&sysroot.linker).is_none() {
        apt::install(&[&format!("lld-{}", compiler.llvm)])?;
    }
    if !source.is_dir() {
        return Err(Error(format!("{} is missing: apt-get install --reinstall rust-web-src", source.display())));
    }
    let name = sysroot.dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    cache::entry("sysroots", &name, |dir| complete(dir, triple), |dir, place| fill(dir, place, triple, &sysroot))?;
    Ok(sysroot)
}

impl Sysroot {
    /// The compiler that uses this sysroot.
    pub(super) fn rustc(&self) -> PathBuf {
        self.dir.join("bin/rustc")
    }

    /// Flags for the deployables of `target`.
    pub(super) fn flags(&self, target: Target) -> Vec<String> {
        let start = match target {
            Target::Cloudflare => return Vec::new(),
            Target::Fastly => "crt1-command.o",
            Target::Spin => "crt1-reactor.o",
        };
        let mut flags = wasi(&self.linker);
        flags.push(format!("-Clink-arg={WASI}/{start}"));
        flags.push(format!("-Clink-arg={}", self.dir.join(stubs::FILE).display()));
        flags
    }
}

/// Flags to compile and link against Debian's C library.
fn wasi(linker: &str) -> Vec<String> {
    vec![
        "-Clink-self-contained=no".into(),
        format!("-Clinker={linker}"),
        format!("-Lnative={WASI}"),
        "-Ctarget-feature=+crt-static".into(),
    ]
}

fn sysroot(triple: &str, compiler: &Compiler) -> Result<Sysroot> {
    let dir = cache::root()?.join("sysroots").join(format!("{triple}-{}-{LAYOUT}", compiler.version));
    Ok(Sysroot { dir, version: compiler.version.clone(), linker: format!("wasm-ld-{}", compiler.llvm) })
}

fn compiler() -> Option<Compiler> {
    let output = Command::new(RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let llvm = value("LLVM version:")?.split('.').next()?.to_owned();
    Some(Compiler { version: value("release:")?.to_owned(), llvm })
}

fn libc(triple: &str) -> bool {
    !triple.ends_with("wasip1") || Path::new(WASI).join("crt1-reactor.o").is_file()
}

fn libdir(dir: &Path, triple: &str) -> PathBuf {
    dir.join("lib/rustlib").join(triple).join("lib")
}

fn complete(dir: &Path, triple: &str) -> bool {
    let stubs = !triple.ends_with("wasip1") || dir.join(stubs::FILE).is_file();
    dir.join("bin/rustc").is_file() && has_std(&libdir(dir, triple)) && stubs
}

/// Builds the library into `dir`, which is renamed to `place` afterwards.
fn fill(dir: &Path, place: &Path, triple: &str, sysroot: &Sysroot) -> Result<()> {
    eprintln!("setup: building Rust's standard library for {triple}, about a minute, once per compiler");
    let scratch = dir.join("scratch");
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    fs::write(scratch.join("Cargo.toml"), MANIFEST)?;
    // Fat LTO needs the library's bitcode.
    let mut flags = vec!["-Cembed-bitcode=yes".to_owned()];
    if triple.ends_with("wasip1") {
        flags.extend(wasi(&sysroot.linker));
    }
    let mut cargo = Command::new(CARGO);
    cargo
        .args(["build", "--release", "--target", triple, "-Zbuild-std=std,panic_abort"])
        .env_clear()
        .envs(["PATH", "HOME", "CARGO_HOME"].iter().filter_map(|n| std::env::var_os(n).map(|v| (n, v))))
        .env("RUSTC", RUSTC)
        // `-Zbuild-std` is not stable, and this compiler is: what it builds is used by stable builds only.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .current_dir(&scratch);
    run(&format!("standard library for {triple}"), &mut cargo, &cache::log(&format!("sysroot-{triple}"))?)?;

    let libs = libdir(dir, triple);
    fs::create_dir_all(&libs)?;
    for file in scratch.join("target").join(triple).join("release/deps").read_dir()?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libsysroot_scratch") {
            fs::copy(file.path(), libs.join(name))?;
        }
    }
    for folder in Path::new(RUSTLIB).read_dir()?.flatten().filter(|folder| folder.file_name() != triple) {
        symlink(folder.path(), dir.join("lib/rustlib").join(folder.file_name())).map_err(at(dir))?;
    }
    fs::create_dir_all(dir.join("bin"))?;
    let wrapper = dir.join("bin/rustc");
    fs::write(&wrapper, format!("#!/bin/sh\nexec {RUSTC} --sysroot '{}' \"$@\"\n", place.display()))?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    fs::remove_dir_all(&scratch)?;
    if triple.ends_with("wasip1") { stubs::compile(RUSTC, dir, triple) } else { Ok(()) }
}

const MANIFEST: &str = r#"[package]
name = "sysroot_scratch"
version = "0.0.0"
edition = "2024"
[profile.release]
codegen-units = 1
panic = "abort"
[workspace]
"#;
