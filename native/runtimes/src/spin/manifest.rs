//! The manifest of a launch, in Spin's format, version 2.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use crate::{Database, Launch};

/// The key-value stores of every deployable: the manifest's, by name.
const STORES: [&str; 1] = ["content"];

/// A component of a deployable.
pub(super) struct Part {
    /// Its id, and its package's name after `spin-`.
    pub(super) name: String,
    routes: Vec<String>,
}

impl Part {
    /// The component `name` answers below `routes`.
    pub(super) fn new(name: &str, routes: impl Into<Vec<String>>) -> Self {
        Self { name: name.to_owned(), routes: routes.into() }
    }
}

/// A variable of the application.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// As Spin takes it: `edge_key`.
    name: String,
    pub(super) value: String,
    secret: bool,
}

impl Variable {
    fn new(name: &str, value: &str, secret: bool) -> Self {
        Self { name: name.replace('-', "_").to_ascii_lowercase(), value: value.to_owned(), secret }
    }

    /// The variable of the environment from which Spin takes its value.
    pub(super) fn environment(&self) -> String {
        format!("SPIN_VARIABLE_{}", self.name.to_ascii_uppercase())
    }
}

/// Everything that the components are given.
pub(super) fn variables(launch: &Launch) -> Vec<Variable> {
    let config = launch.config.iter().map(|(name, value)| Variable::new(name, value, false));
    let secrets = launch.secrets.iter().map(|(name, value)| Variable::new(name, value, true));
    let backends = launch.backends.iter().map(|(name, url)| Variable::new(&format!("backend-{name}"), url, false));
    let database = launch.database.iter().map(|database| Variable::new("database-url", &address(database), true));
    config.chain(secrets).chain(backends).chain(database).collect()
}

/// A connection string without a database, in libpq's format.
fn address(database: &Database) -> String {
    let quoted = |value: &str| format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"));
    let mut text = format!("host={} port={} user={}", quoted(&database.host), database.port, quoted(&database.user));
    if let Some(password) = &database.password {
        let _ = write!(text, " password={}", quoted(password));
    }
    // A server on this machine has no certificate that Spin would trust.
    if matches!(database.host.as_str(), "localhost" | "127.0.0.1" | "::1") {
        text.push_str(" sslmode=disable");
    }
    text
}

/// The `spin.toml`: each of `parts` with its file of `components`.
pub(super) fn render(launch: &Launch, parts: &[Part], components: &[PathBuf], variables: &[Variable]) -> String {
    let mut out = String::from("spin_manifest_version = 2\n\n[application]\n");
    let _ = write!(out, "name = {}\nversion = \"0.1.0\"\n\n[variables]\n", string(&launch.app));
    for variable in variables {
        let _ = writeln!(out, "{} = {{ required = true, secret = {} }}", variable.name, variable.secret);
    }
    let backends = variables.iter().filter(|variable| variable.name.starts_with("backend_"));
    let mut hosts: Vec<String> = backends.map(|variable| format!("{{{{ {} }}}}", variable.name)).collect();
    hosts.extend(launch.database.iter().map(|database| format!("postgres://{}:{}", database.host, database.port)));
    for (part, component) in parts.iter().zip(components) {
        for route in &part.routes {
            let _ = write!(out, "\n[[trigger.http]]\nroute = \"{route}\"\ncomponent = {}\n", string(&part.name));
        }
        let _ = write!(out, "\n[component.{}]\nsource = {}\n", part.name, string(&component.to_string_lossy()));
        let _ = writeln!(out, "allowed_outbound_hosts = [{}]", list(hosts.iter().map(String::as_str)));
        let _ = writeln!(out, "key_value_stores = [{}]", list(STORES));
        let _ = writeln!(out, "\n[component.{}.variables]", part.name);
        for variable in variables {
            let _ = writeln!(out, "{0} = \"{{{{ {0} }}}}\"", variable.name);
        }
    }
    out
}

/// Spin's runtime configuration: each store a file of its own below `state`.
pub(super) fn stores(state: &Path) -> String {
    let store = |label| {
        let path = state.join(format!("{label}.db"));
        format!("[key_value_store.{label}]\ntype = \"spin\"\npath = {}\n", string(&path.to_string_lossy()))
    };
    STORES.map(store).join("\n")
}

fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().map(string).collect::<Vec<_>>().join(", ")
}

/// A TOML string. JSON's escapes are TOML's, too.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch() -> Launch {
        let own = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        Launch {
            app: "origin".into(),
            backends: own("edge-one", "http://127.0.0.1:4000"),
            secrets: own("edge-key", "open\"sesame"),
            database: Some(Database {
                host: "127.0.0.1".into(),
                port: 5433,
                user: "aw".into(),
                password: Some(r"it's\".into()),
            }),
            ..Launch::default()
        }
    }

    #[test]
    fn values_are_in_the_environment_and_not_in_the_manifest() {
        let launch = launch();
        let variables = variables(&launch);
        let key = variables.iter().find(|v| v.name == "edge_key").unwrap();
        assert_eq!((key.environment().as_str(), key.value.as_str()), ("SPIN_VARIABLE_EDGE_KEY", "open\"sesame"));
        let parts = [Part::new("user", ["/v1/users/...".to_owned()]), Part::new("content", ["/...".to_owned()])];
        let text = render(&launch, &parts, &["/a/user.wasm".into(), "/a/content.wasm".into()], &variables);
        assert!(!text.contains("sesame") && !text.contains("it's"), "{text}");
        assert!(text.contains("edge_key = { required = true, secret = true }"), "{text}");
        assert!(text.contains(r#"allowed_outbound_hosts = ["{{ backend_edge_one }}", "postgres://127.0.0.1:5433"]"#));
        assert!(text.contains("route = \"/v1/users/...\"\ncomponent = \"user\""));
        assert!(text.contains("[component.content.variables]\nedge_key = \"{{ edge_key }}\""), "{text}");
    }

    #[test]
    fn an_address_is_quoted_as_libpq_reads_it() {
        let expected = r"host='127.0.0.1' port=5433 user='aw' password='it\'s\\' sslmode=disable";
        assert_eq!(address(&launch().database.unwrap()), expected);
    }
}
