//! `wrangler.toml`, for Cloudflare.

use aw_runtimes::cloudflare::{MAIN, binding};

use super::{
    manifest::Manifest,
    text::{heading, list, quoted},
};

const WHAT: &str = "\
The edge on Cloudflare Workers: `wrangler deploy` from here builds and deploys it.

Once per account, each asks for the value:
";

/// The file's text.
///
/// # Errors
/// The manifest names what it does not have.
pub(super) fn render(manifest: &Manifest) -> Result<String, String> {
    let cloudflare = &manifest.cloudflare;
    let app = manifest.app(&cloudflare.app)?;
    let mut what = WHAT.to_owned();
    for name in &app.secrets {
        let about = &manifest.secrets[name].about;
        what.push_str(&format!("  wrangler secret put {}   # {about}\n", binding(name)));
    }
    let mut out = heading(&what);
    out.push_str(&format!("name = {}\n", quoted(&cloudflare.name)));
    out.push_str(&format!("main = {}\n", quoted(&format!("dist/cloudflare/{}/{MAIN}", cloudflare.app))));
    out.push_str(&format!("compatibility_date = {}\n", quoted(&cloudflare.compatibility_date)));
    out.push_str(&format!("compatibility_flags = {}\n", list(&cloudflare.compatibility_flags)));
    out.push_str("# The bundle is whole: nothing is bundled again, so that what is deployed is what was tested.\n");
    out.push_str("no_bundle = true\nfind_additional_modules = true\n");
    out.push_str("rules = [{ type = \"CompiledWasm\", globs = [\"*.wasm\"], fallthrough = false }]\n");
    out.push_str("send_metrics = false\n\n");
    out.push_str(&format!("[build]\ncommand = {}\n", quoted(&format!("cargo aw build cloudflare {}", cloudflare.app))));
    out.push_str("\n[observability]\nenabled = true\n");
    for store in &app.stores {
        out.push_str(&format!("\n# {}. The first deploy makes the namespace.\n", manifest.stores[store].about));
        out.push_str(&format!("[[kv_namespaces]]\nbinding = {}\n", quoted(&binding(store))));
    }
    out.push_str("\n[vars]\n");
    for (name, about, url) in manifest.backends_of(app) {
        out.push_str(&format!("# {about}\nBACKEND_{} = {}\n", binding(&name), quoted(&url)));
    }
    for name in &app.settings {
        let value = manifest.setting("cloudflare", name)?.unwrap_or_default();
        out.push_str(&format!("# {}\n{} = {}\n", manifest.settings[name].about, binding(name), quoted(&value)));
    }
    Ok(out)
}
