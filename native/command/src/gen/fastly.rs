//! `fastly.toml`, for Fastly.

use aw_runtimes::fastly::{CONFIG, SECRETS};

use super::{
    manifest::{Manifest, authority},
    text::{heading, list, quoted},
};

const WHAT: &str = "\
The edge on Fastly Compute. `fastly compute publish` from here builds and deploys it; the first time it makes the
service and asks for the secrets, and writes the service's id into this file: keep the id in FASTLY_SERVICE_ID and
this file as it was. `fastly compute serve` runs it locally.
";

/// The file's text.
///
/// # Errors
/// The manifest names what it does not have, or a backend's URL is none.
pub(super) fn render(manifest: &Manifest) -> Result<String, String> {
    let fastly = &manifest.fastly;
    let app = manifest.app(&fastly.app)?;
    let mut out = heading(WHAT);
    out.push_str("manifest_version = 3\n");
    out.push_str(&format!("name = {}\n", quoted(&fastly.name)));
    out.push_str(&format!("description = {}\n", quoted(&app.about)));
    out.push_str(&format!("authors = {}\nlanguage = \"other\"\n", list(&manifest.project.authors)));
    let build =
        format!("cargo aw build fastly {0} && mkdir -p bin && cp dist/fastly/{0}/main.wasm bin/main.wasm", fastly.app);
    out.push_str(&format!("\n[scripts]\nbuild = {}\n", quoted(&build)));
    for (name, about, url) in manifest.backends_of(app) {
        let (host, port) = host_and_port(&url)?;
        out.push_str(&format!("\n[setup.backends.{name}]\ndescription = {}\n", quoted(&about)));
        out.push_str(&format!("address = {}\nport = {port}\n", quoted(&host)));
    }
    for store in &app.stores {
        out.push_str(&format!(
            "\n[setup.kv_stores.{store}]\ndescription = {}\n",
            quoted(&manifest.stores[store].about)
        ));
    }
    out.push_str(&format!("\n[setup.config_stores.{CONFIG}]\ndescription = \"The settings\"\n"));
    for name in &app.settings {
        let value = manifest.setting("fastly", name)?.unwrap_or_default();
        out.push_str(&format!("\n[setup.config_stores.{CONFIG}.items.{name}]\n"));
        out.push_str(&format!("description = {}\n", quoted(&manifest.settings[name].about)));
        out.push_str(&format!("value = {}\n", quoted(&value)));
    }
    out.push_str(&format!("\n[setup.secret_stores.{SECRETS}]\ndescription = \"The secrets\"\n"));
    for name in &app.secrets {
        out.push_str(&format!("\n[setup.secret_stores.{SECRETS}.entries.{name}]\n"));
        out.push_str(&format!("description = {}\n", quoted(&manifest.secrets[name].about)));
    }
    local(manifest, &mut out)?;
    Ok(out)
}

/// What `fastly compute serve` gives the module on this machine: the settings of a local origin, and secrets from the
/// environment.
fn local(manifest: &Manifest, out: &mut String) -> Result<(), String> {
    let fastly = &manifest.fastly;
    let app = manifest.app(&fastly.app)?;
    for (name, ..) in manifest.backends_of(app) {
        out.push_str(&format!("\n[local_server.backends.{name}]\nurl = {}\n", quoted(&fastly.local_origin)));
    }
    out.push_str("\n[local_server.kv_stores]\n");
    for store in &app.stores {
        out.push_str(&format!("{store} = []\n"));
    }
    out.push_str(&format!("\n[local_server.config_stores.{CONFIG}]\nformat = \"inline-toml\"\n"));
    out.push_str(&format!("\n[local_server.config_stores.{CONFIG}.contents]\n"));
    for name in &app.settings {
        let value = match name.as_str() {
            "origin-authority" => authority(&fastly.local_origin)?,
            _ => manifest.setting("fastly", name)?.unwrap_or_default(),
        };
        out.push_str(&format!("{name} = {}\n", quoted(&value)));
    }
    for name in &app.secrets {
        let variable = format!("AUTHORWORKS_{}", name.to_ascii_uppercase().replace('-', "_"));
        out.push_str(&format!(
            "\n# From the environment: a secret is in no file here.\n[[local_server.secret_stores.{SECRETS}]]\n"
        ));
        out.push_str(&format!("key = {}\nenv = {}\n", quoted(name), quoted(&variable)));
    }
    Ok(())
}

fn host_and_port(url: &str) -> Result<(String, u16), String> {
    let authority = authority(url)?;
    let usual = if url.starts_with("https:") { 443 } else { 80 };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            Ok((host.to_owned(), port.parse().map_err(|_| format!("{url:?} has no port that is one"))?))
        }
        _ => Ok((authority, usual)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_url_has_a_host_and_a_port() {
        let parts = |url| super::host_and_port(url).expect(url);
        assert_eq!(parts("https://a.example"), ("a.example".to_owned(), 443));
        assert_eq!(parts("http://a.example"), ("a.example".to_owned(), 80));
        assert_eq!(parts("https://a.example:8443"), ("a.example".to_owned(), 8443));
        assert!(super::host_and_port("https://a.example:x").is_err());
    }
}
