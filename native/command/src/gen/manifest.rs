//! The manifest, `authorworks.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file. A field that is not known is refused: it would be a slip of the pen that nobody sees.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Manifest {
    /// What all of this is.
    pub(super) project: Project,
    /// What belongs to one deployment: addresses and names.
    pub(super) values: BTreeMap<String, String>,
    /// The edges that the origin pushes to, and where they are.
    pub(super) edges: BTreeMap<String, String>,
    /// Key-value stores.
    pub(super) stores: BTreeMap<String, Store>,
    /// Servers that are asked.
    pub(super) backends: BTreeMap<String, Backend>,
    /// Plain settings.
    pub(super) settings: BTreeMap<String, Setting>,
    /// Secrets.
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Deployables.
    pub(super) apps: BTreeMap<String, App>,
    /// What Cloudflare runs.
    pub(super) cloudflare: Cloudflare,
    /// What Fastly runs.
    pub(super) fastly: Fastly,
    /// What Spin runs.
    pub(super) spin: Spin,
}

/// What all of this is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) authors: Vec<String>,
}

/// A key-value store.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub(super) about: String,
}

/// A server that is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backend {
    pub(super) about: String,
    /// The value that is its base URL.
    pub(super) value: String,
}

/// A plain setting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setting {
    pub(super) about: String,
    /// Its value where a deployment gives none.
    pub(super) default: Option<String>,
}

/// A secret: it has no value here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    pub(super) about: String,
    /// Whether a deployment may go without it.
    #[serde(default)]
    pub(super) optional: bool,
}

/// Which half of the system a deployable belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tier {
    /// Near the readers.
    Edge,
    /// Near the database.
    Origin,
}

/// A deployable and what it is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct App {
    pub(super) about: String,
    pub(super) tier: Tier,
    #[serde(default)]
    pub(super) stores: Vec<String>,
    #[serde(default)]
    pub(super) backends: Vec<String>,
    #[serde(default)]
    pub(super) settings: Vec<String>,
    #[serde(default)]
    pub(super) secrets: Vec<String>,
    /// Spin's routes to it.
    pub(super) routes: Vec<String>,
}

/// What Cloudflare runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Cloudflare {
    pub(super) app: String,
    pub(super) name: String,
    pub(super) compatibility_date: String,
    pub(super) compatibility_flags: Vec<String>,
}

/// What Fastly runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Fastly {
    pub(super) app: String,
    pub(super) name: String,
    pub(super) local_origin: String,
}

/// What Spin runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spin {
    pub(super) apps: Vec<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// It is none, has a field that is not known, or names what it does not declare.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        for (name, app) in &self.apps {
            declared(name, "store", &app.stores, &self.stores)?;
            declared(name, "backend", &app.backends, &self.backends)?;
            declared(name, "setting", &app.settings, &self.settings)?;
            declared(name, "secret", &app.secrets, &self.secrets)?;
        }
        for (name, backend) in &self.backends {
            let url = self.values.get(&backend.value);
            let url = url.ok_or_else(|| format!("backends.{name}: there is no value {}", backend.value))?;
            if url != aw_platform::ANY_HOST {
                authority(url).map_err(|why| format!("values.{}: {why}", backend.value))?;
            }
        }
        for (name, url) in &self.edges {
            authority(url).map_err(|why| format!("edges.{name}: {why}"))?;
        }
        for setting in self.apps.values().flat_map(|app| &app.settings) {
            self.setting("", setting)?;
        }
        let deployed = [&self.cloudflare.app, &self.fastly.app].into_iter().chain(&self.spin.apps);
        for app in deployed {
            self.app(app)?;
        }
        Ok(())
    }

    /// The deployable called `name`.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn app(&self, name: &str) -> Result<&App, String> {
        self.apps.get(name).ok_or_else(|| format!("there is no app {name}"))
    }

    /// The base URL of the backend `name`.
    pub(super) fn url(&self, name: &str) -> &str {
        let value = self.backends.get(name).and_then(|backend| self.values.get(&backend.value));
        value.map_or("", String::as_str)
    }

    /// The backends of `app`; an origin's edges among them.
    pub(super) fn backends_of(&self, app: &App) -> Vec<(String, String, String)> {
        let named = app.backends.iter().map(|name| {
            let about = self.backends.get(name).map_or("", |backend| &backend.about);
            (name.clone(), about.to_owned(), self.url(name).to_owned())
        });
        let edges = self.edges.iter().filter(|_| app.settings.iter().any(|name| name == "edges"));
        let edges = edges.map(|(name, url)| (format!("edge-{name}"), format!("The edge {name}"), url.clone()));
        named.chain(edges).collect()
    }

    /// The value of the setting `name` on `platform`; `None` where it has none until a deployment gives it one.
    ///
    /// # Errors
    /// Nothing says what it is.
    pub(super) fn setting(&self, platform: &str, name: &str) -> Result<Option<String>, String> {
        let default = self.settings.get(name).and_then(|setting| setting.default.clone());
        Ok(match name {
            "edge-name" => Some(platform.to_owned()),
            "origin-authority" => Some(authority(self.url("origin"))?),
            "edges" => {
                let edges = self.edges.iter().map(|(name, url)| Ok(format!("{name}={}", authority(url)?)));
                Some(edges.collect::<Result<Vec<_>, String>>()?.join(","))
            }
            _ => self.values.get(name).cloned().or(default),
        })
    }
}

/// Whether each of an app's `names` is declared.
fn declared<T>(app: &str, kind: &str, names: &[String], all: &BTreeMap<String, T>) -> Result<(), String> {
    match names.iter().find(|name| !all.contains_key(*name)) {
        Some(name) => Err(format!("apps.{app}: there is no {kind} {name}")),
        None => Ok(()),
    }
}

/// The host of a base URL with its port, where it has one, as a request's authority names it.
pub(super) fn authority(url: &str) -> Result<String, String> {
    let wrong = || format!("{url:?} is not http://HOST[:PORT] or https://HOST[:PORT]");
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or_else(wrong)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b);
    if rest.is_empty() || !rest.bytes().all(plain) { Err(wrong()) } else { Ok(rest.to_owned()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aw_model::names;

    use super::*;
    use crate::r#gen::tests::manifest;

    fn names_of<T>(map: &BTreeMap<String, T>) -> BTreeSet<&str> {
        map.keys().map(String::as_str).collect()
    }

    #[test]
    fn its_names_are_those_of_the_code() {
        let manifest = manifest();
        let of = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<&str>>();
        assert_eq!(names_of(&manifest.stores), of(&[names::STORE]));
        let backends = [
            names::IDENTITY,
            names::MAIL,
            names::ORIGIN,
            names::PAYMENTS,
            names::PAYMENTS_SANDBOX,
            names::S3,
            names::WEBHOOKS,
        ];
        assert_eq!(names_of(&manifest.backends), of(&backends));
        let settings = [
            names::EDGE_NAME,
            names::ORIGIN_AUTHORITY,
            names::EDGES,
            names::REQUESTS_PER_MINUTE,
            names::S3_URL,
            names::S3_ACCESS,
            names::S3_BUCKET,
            names::S3_REGION,
            names::MAIL_URL,
            names::MAIL_FROM,
            names::PAYMENTS_SANDBOX,
            names::WEBHOOKS_LOCAL,
        ];
        assert_eq!(names_of(&manifest.settings), of(&settings));
        // Spin's own, besides: `database-url` is read by its platform crate.
        let secrets = [names::EDGE_KEY, names::MASTER_KEY, names::S3_SECRET, names::MAIL_KEY, "database-url"];
        assert_eq!(names_of(&manifest.secrets), of(&secrets));
    }

    #[test]
    fn cloudflare_is_asked_for_what_the_local_runs_have() {
        let manifest = manifest();
        assert_eq!(manifest.cloudflare.compatibility_date, aw_runtimes::cloudflare::COMPATIBILITY_DATE);
        assert_eq!(manifest.cloudflare.compatibility_flags, aw_runtimes::cloudflare::COMPATIBILITY_FLAGS);
    }

    #[test]
    fn a_slip_of_the_pen_is_found() {
        let text = crate::r#gen::tests::TEXT;
        for (from, to, word) in [
            ("stores = [\"content\"]", "stores = [\"kontent\"]", "kontent"),
            ("stores = [\"content\"]", "shelves = [\"content\"]", "shelves"),
            ("app = \"gateway\"\nname", "app = \"getaway\"\nname", "getaway"),
            ("value = \"s3-url\"", "value = \"s4-url\"", "s4-url"),
            ("\"https://fastly.example.com\"", "\"fastly.example.com\"", "edges.fastly"),
        ] {
            assert!(text.contains(from), "{from}");
            let why = Manifest::parse(&text.replacen(from, to, 1)).expect_err(to);
            assert!(why.contains(word), "{why}");
        }
    }
}
