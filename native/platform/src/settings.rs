//! What a deployable is told when it starts.

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// A native deployable's settings. In a file: one JSON object; fields that are not known are refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Threads that serve, each with its own instance of the app; 0: one per core.
    pub threads: usize,
    /// Backend name in the manifest → `http://HOST[:PORT]` or `https://HOST[:PORT]`; `https://*`: any public host.
    pub backends: BTreeMap<String, String>,
    /// Settings of the app, by name.
    pub config: BTreeMap<String, String>,
    /// Secrets of the app, by name. Never shown by `Debug` of this type's `Display`; keep the file's mode at 0600.
    #[serde(serialize_with = "plain")]
    pub secrets: Secrets,
    /// The names of the KV stores.
    pub stores: Vec<String>,
    /// The folder that the KV stores live in between starts; none: they live in memory.
    pub kv: Option<PathBuf>,
    /// The most memory that the cache may take, in bytes.
    pub cache_bytes: u64,
    /// PostgreSQL, for origins.
    pub database: Option<DatabaseSettings>,
}

/// Secrets by name. `Debug` shows the names.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl From<BTreeMap<String, String>> for Secrets {
    fn from(secrets: BTreeMap<String, String>) -> Self {
        Self(secrets)
    }
}

fn plain<S: serde::Serializer>(secrets: &Secrets, s: S) -> Result<S::Ok, S::Error> {
    secrets.0.serialize(s)
}

/// How to reach PostgreSQL.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatabaseSettings {
    /// A host's name or address, or the folder of a Unix socket.
    pub host: String,
    /// The port; it names the socket in a folder, too.
    #[serde(default = "port")]
    pub port: u16,
    /// The role to log in as.
    pub user: String,
    /// Its password, where the server asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The most connections per thread and database.
    #[serde(default = "connections")]
    pub connections: usize,
}

fn port() -> u16 {
    5432
}

fn connections() -> usize {
    8
}

impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}:{}", self.user, self.host, self.port)
    }
}

impl DatabaseSettings {
    /// The server whose Unix socket is in the folder `socket`, with the usual port and no password.
    pub fn socket(socket: &Path, user: &str) -> Self {
        Self {
            host: socket.display().to_string(),
            port: port(),
            user: user.to_owned(),
            password: None,
            connections: connections(),
        }
    }
}

impl Default for Settings {
    /// Any free loopback port, one thread per core, the store `content` in memory, a cache of 64 MB, nothing else.
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            threads: 0,
            backends: BTreeMap::new(),
            config: BTreeMap::new(),
            secrets: Secrets::default(),
            stores: vec!["content".to_owned()],
            kv: None,
            cache_bytes: 64_000_000,
            database: None,
        }
    }
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// One line that names the file, the field and the remedy.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|e| format!("{}: cannot be read: {e}", file.display()))?;
        Self::parse(&text).map_err(|why| format!("{}: {why}", file.display()))
    }

    /// The settings in `text`.
    ///
    /// # Errors
    /// One line that names the field and the remedy.
    pub fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = serde_json::from_str(text).map_err(|e| format!("{e}; correct or remove that field"))?;
        settings.check()?;
        Ok(settings)
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// One line that names the field and the remedy.
    pub fn check(&self) -> Result<(), String> {
        for (name, url) in &self.backends {
            if [aw_platform::ANY_HOST, aw_platform::ANY_HOST_OR_LOCAL].contains(&url.as_str()) {
                continue;
            }
            crate::connect::Target::parse(url).map_err(|why| format!("backends.{name}: {why}"))?;
        }
        for store in &self.stores {
            if store.is_empty() || !store.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
                return Err(format!("stores: {store:?} is no store's name; use letters, digits, - and _"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_known_is_refused_by_name() {
        let why = Settings::parse(r#"{"listen":"127.0.0.1:1","colour":"red"}"#).unwrap_err();
        assert!(why.contains("colour") && !why.contains('\n'), "{why}");
    }

    #[test]
    fn a_backend_that_is_no_base_url_is_refused_by_name() {
        for url in ["", "origin", "ftp://x", "http://x/y", "http://"] {
            let why = Settings::parse(&format!(r#"{{"backends":{{"origin":"{url}"}}}}"#)).unwrap_err();
            assert!(why.contains("backends.origin"), "{why}");
        }
    }

    #[test]
    fn settings_survive_being_written_and_debug_shows_no_secret() {
        let secrets = BTreeMap::from([("edge-key".to_owned(), "s3cr3t".to_owned())]).into();
        let database = Some(DatabaseSettings::socket(Path::new("/run/pg"), "aw"));
        let settings = Settings { secrets, database, ..Settings::default() };
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(Settings::parse(&text).unwrap().secrets.0["edge-key"], "s3cr3t");
        assert!(!format!("{settings:?}").contains("s3cr3t"));
    }
}
