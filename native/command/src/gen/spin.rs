//! `spin.toml` for Spin, and `spin-runtime.toml` for who runs it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    manifest::{App, Manifest},
    text::{heading, list, quoted},
};

const WHAT: &str = "\
Both halves as one Spin application. They listen apart from each other, since a path at the edge and the same path at
the origin are two things:
";

/// The runtime configuration's file.
const RUNTIME: &str = "spin-runtime.toml";

/// The variable that has a database server's host and port.
const DATABASE: &str = "database_address";

/// The file's text.
///
/// # Errors
/// The manifest names what it does not have.
pub(super) fn render(manifest: &Manifest) -> Result<String, String> {
    let spin = &manifest.spin;
    let mut what = WHAT.to_owned();
    for tier in [super::manifest::Tier::Edge, super::manifest::Tier::Origin] {
        let apps = spin.apps.iter().filter(|name| manifest.apps[*name].tier == tier);
        let words: Vec<String> = apps.map(|name| format!("-c {name}")).collect();
        let tier = format!("{tier:?}").to_lowercase();
        what.push_str(&format!(
            "  spin build && spin up --runtime-config-file {RUNTIME} {:<24} # the {tier}\n",
            words.join(" ")
        ));
    }
    what.push_str("A variable V is set by the environment (SPIN_VARIABLE_V), or by another of Spin's providers.\n");
    let mut out = heading(&what);
    out.push_str("spin_manifest_version = 2\n\n[application]\n");
    out.push_str(&format!(
        "name = {}\nversion = {}\n",
        quoted(&manifest.project.name),
        quoted(env!("CARGO_PKG_VERSION"))
    ));
    out.push_str(&format!("description = {}\n", quoted(&manifest.project.description)));
    out.push_str(&format!("authors = {}\n", list(&manifest.project.authors)));
    out.push_str("\n[variables]\n");
    let mut variables = BTreeMap::new();
    for name in &spin.apps {
        variables.extend(application_variables(manifest, manifest.app(name)?)?);
    }
    for (name, definition) in variables {
        out.push_str(&format!("{name} = {definition}\n"));
    }
    for name in &spin.apps {
        component(manifest, name, &mut out)?;
    }
    Ok(out)
}

/// The runtime configuration: what is behind each store that an app names. Only `default` needs none.
///
/// # Errors
/// The manifest names what it does not have.
pub(super) fn runtime(manifest: &Manifest) -> Result<String, String> {
    let mut out =
        heading("What is behind the stores that spin.toml names: SQLite here, or whatever else Spin can reach.\n");
    let mut stores = BTreeSet::new();
    for name in &manifest.spin.apps {
        stores.extend(&manifest.app(name)?.stores);
    }
    for store in stores.into_iter().filter(|store| *store != "default") {
        let path = quoted(&format!(".spin/{store}.db"));
        out.push_str(&format!("[key_value_store.{store}]\ntype = \"spin\"\npath = {path}\n"));
    }
    Ok(out)
}

/// A name as Spin's variables have it.
fn variable(name: &str) -> String {
    name.replace('-', "_")
}

/// The variables of the application that `app` needs: name and definition.
fn application_variables(manifest: &Manifest, app: &App) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for (name, about, url) in manifest.backends_of(app) {
        let definition = format!("{{ default = {}, description = {} }}", quoted(&url), quoted(&about));
        all.push((variable(&format!("backend-{name}")), definition));
    }
    for name in &app.settings {
        let about = quoted(&manifest.settings[name].about);
        let definition = match manifest.setting("spin", name)? {
            Some(value) => format!("{{ default = {}, description = {about} }}", quoted(&value)),
            None => format!("{{ required = true, description = {about} }}"),
        };
        all.push((variable(name), definition));
    }
    for name in &app.secrets {
        let secret = &manifest.secrets[name];
        let (about, given) =
            (quoted(&secret.about), if secret.optional { "default = \"\"" } else { "required = true" });
        all.push((variable(name), format!("{{ {given}, secret = true, description = {about} }}")));
    }
    if uses_database(app) {
        let value = manifest.values.get("database").ok_or("values.database: PostgreSQL's host and port are missing")?;
        let about = quoted("Where PostgreSQL is: host and port");
        all.push((DATABASE.to_owned(), format!("{{ default = {}, description = {about} }}", quoted(value))));
    }
    Ok(all)
}

fn uses_database(app: &App) -> bool {
    app.secrets.iter().any(|name| name == "database-url")
}

fn component(manifest: &Manifest, name: &str, out: &mut String) -> Result<(), String> {
    let app = manifest.app(name)?;
    out.push_str(&format!("\n# {}\n", app.about));
    for route in &app.routes {
        out.push_str(&format!("[[trigger.http]]\nroute = {}\ncomponent = {}\n\n", quoted(route), quoted(name)));
    }
    out.push_str(&format!("[component.{name}]\nsource = {}\n", quoted(&format!("dist/spin/{name}.wasm"))));
    let mut hosts: Vec<String> = Vec::new();
    let mut variables: Vec<String> = Vec::new();
    for (backend, ..) in manifest.backends_of(app) {
        let backend = variable(&format!("backend-{backend}"));
        hosts.push(format!("{{{{ {backend} }}}}"));
        variables.push(backend);
    }
    if uses_database(app) {
        hosts.push(format!("postgres://{{{{ {DATABASE} }}}}"));
    }
    variables.extend(app.settings.iter().chain(&app.secrets).map(|name| variable(name)));
    if !app.stores.is_empty() {
        out.push_str(&format!("key_value_stores = {}\n", list(&app.stores)));
    }
    out.push_str("allowed_outbound_hosts = [\n");
    for host in &hosts {
        out.push_str(&format!("  {},\n", quoted(host)));
    }
    out.push_str("]\n");
    out.push_str(&format!("\n[component.{name}.variables]\n"));
    for variable in &variables {
        out.push_str(&format!("{variable} = {}\n", quoted(&format!("{{{{ {variable} }}}}"))));
    }
    out.push_str(&format!(
        "\n[component.{name}.build]\ncommand = {}\n",
        quoted(&format!("cargo aw build spin {name}"))
    ));
    Ok(())
}
