//! workerd's configuration: Cap'n Proto text with every value in it.

use std::{fmt::Write, net::SocketAddr, path::Path};

use super::bundle::{COMPATIBILITY_DATE, COMPATIBILITY_FLAGS, MAIN, MODULE, binding};
use crate::Launch;

/// What is run.
pub(super) struct Local<'a> {
    pub(super) launch: &'a Launch,
    pub(super) addr: SocketAddr,
    /// The names of the KV stores.
    pub(super) stores: &'a [&'a str],
    /// The folder of the KV stores; `None`: in memory.
    pub(super) state: Option<&'a Path>,
}

/// A string literal of the Cap'n Proto language: what is not plain ASCII as bytes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// A list of literals, each from `item`.
fn list<T>(items: impl IntoIterator<Item = T>, item: impl Fn(T) -> String) -> String {
    items.into_iter().map(|i| format!("    {},\n", item(i))).collect()
}

/// The configuration, to be read from a folder that has the bundle and the two local workers.
pub(super) fn render(local: &Local<'_>) -> String {
    let Local { launch, addr, stores, state } = local;
    let text = |name: &str, value: &str| format!("(name = {}, text = {})", quoted(name), quoted(value));
    let flags = COMPATIBILITY_FLAGS.map(quoted).join(", ");
    let date = quoted(COMPATIBILITY_DATE);
    let bindings = [
        list(&launch.backends, |(name, url)| text(&format!("BACKEND_{}", binding(name)), url)),
        list(&launch.config, |(name, value)| text(&binding(name), value)),
        list(&launch.secrets, |(name, value)| text(&binding(name), value)),
        list(*stores, |store| {
            format!("(name = {}, kvNamespace = {})", quoted(&binding(store)), quoted(&format!("kv-{store}")))
        }),
    ]
    .concat();
    let storage = if state.is_some() { r#"(localDisk = "state")"# } else { "(inMemory = void)" };
    let kv = list(*stores, |store| {
        format!(
            r#"(name = {}, worker = (
      modules = [(name = "kv.mjs", esModule = embed "kv.mjs")], compatibilityDate = {date},
      durableObjectNamespaces = [(className = "Store", uniqueKey = {}, enableSql = true, preventEviction = true)],
      durableObjectStorage = {storage}, bindings = [(name = "STORE", durableObjectNamespace = "Store")]))"#,
            quoted(&format!("kv-{store}")),
            quoted(store),
        )
    });
    let disk = list(*state, |dir| {
        format!(r#"(name = "state", disk = (path = {}, writable = true))"#, quoted(&dir.to_string_lossy()))
    });
    format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "outbound", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "cache", worker = (
      modules = [(name = "cache.mjs", esModule = embed "cache.mjs")], compatibilityDate = {date})),
{kv}{disk}  ],
  sockets = [(name = "http", address = {}, http = (), service = "app")],
);

const app :Workerd.Worker = (
  modules = [(name = "{MAIN}", esModule = embed "{MAIN}"), (name = "{MODULE}", wasm = embed "{MODULE}")],
  compatibilityDate = {date},
  compatibilityFlags = [{flags}],
  globalOutbound = "outbound",
  cacheApiOutbound = "cache",
  bindings = [
{bindings}  ],
);
"#,
        quoted(&addr.to_string()),
    )
}
