//! `fastly compute build`, `validate`, `pack` and `publish`, the last against a stand-in of the provider's API.

use std::{fs, io::Read, path::Path, process::Command};

use aw_runtimes::{Error, Result, cache, setup::NodeTools};
use flate2::read::GzDecoder;

use super::{ensure, provider::Provider, read};
use crate::suites::Ctx;

/// Where the module lies in a package.
const MODULE: &str = "authorworks-gateway/bin/main.wasm";

/// What is uploaded is what was built, and `fastly.toml` is afterwards what it was before.
pub(super) fn rehearse(ctx: &Ctx, tools: &NodeTools) -> Result<()> {
    let config = ctx.checkout.join("fastly.toml");
    let before = read(&config)?;
    let package = ctx.checkout.join("pkg/authorworks-gateway.tar.gz");
    let home = cache::folder("fastly")?;
    let fastly = |words: &[&str]| -> Result<Command> {
        let mut command = tools.command("fastly");
        command.args(words).arg("--non-interactive").current_dir(&ctx.checkout);
        command.env("PATH", ctx.path(tools)?).env("XDG_CONFIG_HOME", &home);
        Ok(command)
    };
    let run = |words: &[&str]| -> Result<()> {
        let done = ctx.call(&mut fastly(words)?)?;
        ensure(done, || format!("fastly {} failed", words.join(" ")))
    };
    let _ = fs::remove_file(&package);
    run(&["compute", "build"])?;
    let built = read(&ctx.checkout.join("dist/fastly/gateway/main.wasm"))?;
    let packed = |path: &Path| -> Result<()> {
        ensure(module(&read(path)?)? == built, || format!("{} has another module than was built", path.display()))
    };
    packed(&package)?;
    run(&["compute", "validate", "--package", "pkg/authorworks-gateway.tar.gz"])?;
    fs::remove_file(&package)?;
    run(&["compute", "pack", "--wasm-binary", "dist/fastly/gateway/main.wasm"])?;
    packed(&package)?;
    let provider = Provider::start()?;
    let url = format!("http://{}", provider.addr);
    let mut publish =
        fastly(&["compute", "publish", "--service-id", "SVC", "--version", "latest", "--status-check-off"])?;
    publish.env("FASTLY_API_ENDPOINT", &url).env("FASTLY_ACCOUNT_ENDPOINT", &url).env("FASTLY_API_TOKEN", "rehearsal");
    let done = ctx.call(&mut publish)?;
    for call in provider.calls() {
        ctx.note(call)?;
    }
    ensure(done, || "fastly compute publish failed".to_owned())?;
    ensure(provider.activated(), || "the version was not activated".to_owned())?;
    let uploaded = provider.uploaded().ok_or_else(|| Error("nothing was uploaded".to_owned()))?;
    ensure(uploaded == read(&package)?, || "what was uploaded is not the package".to_owned())?;
    ensure(module(&uploaded)? == built, || "the uploaded module is not the one that was built".to_owned())?;
    ensure(read(&config)? == before, || "fastly.toml was changed by the deploy".to_owned())
}

/// The module in a package: a gzipped tar archive (POSIX ustar).
fn module(package: &[u8]) -> Result<Vec<u8>> {
    let mut archive = Vec::new();
    GzDecoder::new(package).read_to_end(&mut archive)?;
    let mut rest = archive.as_slice();
    while rest.len() >= 512 {
        let (header, after) = rest.split_at(512);
        let text = |range: std::ops::Range<usize>| {
            let bytes = header.get(range).unwrap_or_default();
            String::from_utf8_lossy(bytes).trim_end_matches(['\0', ' ']).to_owned()
        };
        let size = usize::from_str_radix(text(124..136).trim(), 8).unwrap_or(0);
        if text(0..100) == MODULE {
            return after.get(..size).map(<[u8]>::to_vec).ok_or_else(|| Error("the package is cut".to_owned()));
        }
        rest = after.get(size.div_ceil(512) * 512..).unwrap_or_default();
    }
    Err(Error(format!("the package has no {MODULE}")))
}
