//! `wrangler deploy --dry-run`.

use std::fs;

use aw_runtimes::{
    Result, cache,
    cloudflare::{MAIN, MODULE},
    setup::NodeTools,
};

use super::{ensure, read, same};
use crate::suites::Ctx;

/// Builds as `wrangler.toml` says and has wrangler write what it would upload: our two modules, as they are, and
/// bindings of the manifest's names.
pub(super) fn rehearse(ctx: &Ctx, tools: &NodeTools) -> Result<()> {
    let config = ctx.checkout.join("wrangler.toml");
    let before = read(&config)?;
    let out = cache::target_dir().join("suites/deploy/cloudflare");
    let _ = fs::remove_dir_all(&out);
    let mut command = tools.command("wrangler");
    command.args(["deploy", "--dry-run", "--outdir"]).arg(&out).current_dir(&ctx.checkout);
    command.env("PATH", ctx.path(tools)?).env("CI", "1").env("WRANGLER_LOG_PATH", out.join("log"));
    command.env("XDG_CONFIG_HOME", cache::folder("wrangler")?);
    let (success, text) = ctx.read(&mut command)?;
    ensure(success, || "wrangler deploy --dry-run failed".to_owned())?;
    let built = ctx.checkout.join("dist/cloudflare/gateway");
    for module in [MAIN, MODULE] {
        same(&out.join(module), &built.join(module))?;
    }
    for binding in ["env.CONTENT", "env.BACKEND_ORIGIN", "env.EDGE_NAME", "env.ORIGIN_AUTHORITY"] {
        ensure(text.contains(binding), || format!("wrangler does not list the binding {binding}"))?;
    }
    ensure(read(&config)? == before, || "wrangler.toml was changed by the deploy".to_owned())
}
