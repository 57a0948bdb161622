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
    /// The folder of the KV stores.
    pub(super) state: &'a Path,
    /// A server that plays the KV stores instead of the local worker.
    pub(super) kv: Option<SocketAddr>,
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
    let Local { launch, addr, stores, state, kv } = local;
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
    let kv = list(*stores, |store| {
        if let Some(addr) = kv {
            let (name, addr) = (quoted(&format!("kv-{store}")), quoted(&addr.to_string()));
            return format!("(name = {name}, external = (address = {addr}, http = ()))");
        }
        format!(
            r#"(name = {}, worker = (
      modules = [(name = "kv.mjs", esModule = embed "kv.mjs")], compatibilityDate = {date},
      durableObjectNamespaces = [(className = "Store", uniqueKey = {}, enableSql = true, preventEviction = true)],
      durableObjectStorage = (localDisk = "state"), bindings = [(name = "STORE", durableObjectNamespace = "Store")]))"#,
            quoted(&format!("kv-{store}")),
            quoted(store),
        )
    });
    let disk = quoted(&state.to_string_lossy());
    format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "outbound", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "cache", worker = (
      modules = [(name = "cache.mjs", esModule = embed "cache.mjs")], compatibilityDate = {date})),
    (name = "state", disk = (path = {disk}, writable = true)),
{kv}  ],
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

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, path::Path};

    use super::{Local, quoted, render};
    use crate::Launch;

    #[test]
    fn literals_are_plain_ascii_without_a_way_out() {
        assert_eq!(quoted("plain"), r#""plain""#);
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(quoted("a\nb\0ü"), r#""a\x0ab\x00\xc3\xbc""#);
    }

    #[test]
    fn every_value_is_bound_under_its_name() {
        let pair = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
        let launch = Launch {
            backends: pair("origin", "http://127.0.0.1:4000"),
            config: pair("edge-name", r#"a", text = "b"#),
            secrets: pair("edge-key", "s3cret"),
            ..Launch::default()
        };
        let addr = (Ipv4Addr::LOCALHOST, 8787).into();
        let text =
            render(&Local { launch: &launch, addr, stores: &["content"], state: Path::new("/data/kv"), kv: None });
        for line in [
            r#"(name = "BACKEND_ORIGIN", text = "http://127.0.0.1:4000"),"#,
            r#"(name = "EDGE_NAME", text = "a\", text = \"b"),"#,
            r#"(name = "EDGE_KEY", text = "s3cret"),"#,
            r#"(name = "CONTENT", kvNamespace = "kv-content"),"#,
            r#"(name = "state", disk = (path = "/data/kv", writable = true)),"#,
            r#"address = "127.0.0.1:8787""#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
