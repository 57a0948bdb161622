//! Viceroy's configuration: a `fastly.toml` with nothing but its `[local_server]`.

use serde_json::{Map, Value, json};

use crate::{Error, Launch, Result};

/// The config store that has the settings (`aw_fastly::CONFIG`).
pub const CONFIG: &str = "config";
/// The secret store that has the secrets (`aw_fastly::SECRETS`).
pub const SECRETS: &str = "secrets";

/// The KV stores of every deployable: the manifest's, by name.
const STORES: [&str; 1] = ["content"];

/// The file's text.
///
/// # Errors
/// A text in it cannot be written in TOML.
pub(super) fn render(launch: &Launch) -> Result<String> {
    let backends: Map<String, Value> =
        launch.backends.iter().map(|(name, url)| (name.clone(), json!({ "url": url }))).collect();
    let stores: Map<String, Value> = STORES.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
    let secrets: Vec<Value> = launch.secrets.iter().map(|(key, value)| json!({ "key": key, "data": value })).collect();
    let config = json!({
        "manifest_version": 3,
        "name": launch.app,
        "language": "other",
        "local_server": {
            "backends": backends,
            "kv_stores": stores,
            "config_stores": { CONFIG: { "format": "inline-toml", "contents": launch.config } },
            "secret_stores": { SECRETS: secrets },
        },
    });
    toml::to_string(&config).map_err(|e| Error(format!("Viceroy's configuration: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive_their_quoting() {
        let odd = "Grüße, \"Welt\" = 100 % {{x}} & 'mehr' \\ <\u{1F4D6}>\n\t";
        let mut launch = Launch { app: "hello".into(), ..Launch::default() };
        launch.backends.insert("origin".into(), "http://127.0.0.1:1".into());
        launch.config.insert("motto".into(), odd.into());
        launch.secrets.insert("edge-key".into(), odd.into());
        let read: Value = toml::from_str(&render(&launch).unwrap()).unwrap();
        let local = &read["local_server"];
        assert_eq!(local["backends"]["origin"]["url"], "http://127.0.0.1:1");
        assert_eq!(local["config_stores"][CONFIG]["contents"]["motto"], odd);
        assert_eq!(local["secret_stores"][SECRETS], json!([{ "key": "edge-key", "data": odd }]));
        assert_eq!(local["kv_stores"]["content"], json!([]));
    }

    #[test]
    fn nothing_given_is_a_configuration_too() {
        let read: Value = toml::from_str(&render(&Launch::default()).unwrap()).unwrap();
        assert_eq!(read["local_server"]["secret_stores"][SECRETS], json!([]));
    }
}
