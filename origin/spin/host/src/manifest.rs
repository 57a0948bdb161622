//! The part of Spin's manifest, version 2, that this host knows. What it does not know it refuses: a field that is
//! read and not obeyed would make a test pass that Spin fails.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

/// A `spin.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always 2.
    pub spin_manifest_version: u32,
    /// Name and version, which nothing here needs.
    #[serde(rename = "application")]
    _application: toml::Table,
    /// The application's variables.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// What leads to components.
    pub trigger: Triggers,
    /// The components.
    pub component: BTreeMap<String, Component>,
}

/// A variable of the application.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its value where the environment gives none.
    pub default: Option<String>,
    #[serde(default, rename = "required")]
    _required: bool,
    #[serde(default, rename = "secret")]
    _secret: bool,
    #[serde(default, rename = "description")]
    _description: String,
}

/// The triggers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// HTTP routes.
    pub http: Vec<HttpTrigger>,
}

/// A route to a component.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    /// `/path`, or `/path/...` for everything below it.
    pub route: String,
    /// The component's id.
    pub component: String,
    #[serde(default, rename = "id")]
    _id: String,
}

/// A component.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its file, from the manifest's folder.
    pub source: PathBuf,
    /// Where it may connect to: `scheme://host:port`, with `*` and variables.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The labels of its key-value stores.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// Its variables: templates over the application's.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "build")]
    _build: toml::Table,
}

/// Reads a manifest.
///
/// # Errors
/// It is not one, or has what this host does not know.
pub fn parse(text: &str) -> anyhow::Result<Manifest> {
    let manifest: Manifest = toml::from_str(text)?;
    anyhow::ensure!(manifest.spin_manifest_version == 2, "spin_manifest_version is not 2");
    for trigger in &manifest.trigger.http {
        let known = manifest.component.contains_key(&trigger.component);
        anyhow::ensure!(known, "the route {} leads to {}, which is no component", trigger.route, trigger.component);
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::parse;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"a\"\n";

    #[test]
    fn what_is_not_known_is_refused() {
        let good = "[[trigger.http]]\nroute = \"/...\"\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\n";
        assert!(parse(&format!("{HEAD}{good}")).is_ok());
        assert!(parse(&format!("{HEAD}{good}sqlite_databases = [\"default\"]\n")).is_err());
        assert!(parse(&format!("{HEAD}{}", good.replace("component = \"a\"", "component = \"b\""))).is_err());
        assert!(parse(good).is_err());
    }
}
