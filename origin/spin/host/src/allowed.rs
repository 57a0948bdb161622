//! `allowed_outbound_hosts`, enforced.

use anyhow::{Context, Result, ensure};

/// Where a component may connect to.
pub struct Allowed(Vec<Pattern>);

/// `scheme://host:port`; `None` is `*`.
struct Pattern {
    scheme: Option<String>,
    host: Host,
    /// The first and the last.
    ports: Option<(u16, u16)>,
}

enum Host {
    Any,
    /// A name with everything below it.
    Below(String),
    Exactly(String),
}

impl Allowed {
    /// Nowhere.
    pub fn nowhere() -> Self {
        Self(Vec::new())
    }

    /// Reads the manifest's list, its templates filled in.
    ///
    /// # Errors
    /// An entry is not `scheme://host[:port]`.
    pub fn parse(list: &[String]) -> Result<Self> {
        list.iter()
            .map(|entry| pattern(entry.trim()).with_context(|| format!("{entry:?}")))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Whether a connection for `scheme` to `host` may be made; without a port, to the scheme's own.
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let Some(port) = port.or_else(|| usual_port(scheme)) else { return false };
        self.0.iter().any(|pattern| {
            let host = match &pattern.host {
                Host::Any => true,
                Host::Below(suffix) => host.to_ascii_lowercase().ends_with(suffix),
                Host::Exactly(name) => host.eq_ignore_ascii_case(name),
            };
            host && pattern.scheme.as_deref().is_none_or(|allowed| allowed == scheme)
                && pattern.ports.is_none_or(|(first, last)| (first..=last).contains(&port))
        })
    }
}

fn pattern(entry: &str) -> Result<Pattern> {
    let (scheme, rest) = entry.split_once("://").context("has no scheme")?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    ensure!(!rest.contains('/'), "has a path");
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (rest, ""),
    };
    let ports = match port {
        "*" => None,
        "" => {
            let port = usual_port(scheme).context("has no port, and its scheme has none of its own")?;
            Some((port, port))
        }
        range => Some(match range.split_once("..") {
            // Spin's ranges are without their end.
            Some((first, end)) => (first.parse()?, end.parse::<u16>()?.checked_sub(1).context("an empty range")?),
            None => (range.parse()?, range.parse()?),
        }),
    };
    let host = match host {
        "*" => Host::Any,
        name => match name.strip_prefix('*') {
            Some(suffix) => Host::Below(suffix.to_ascii_lowercase()),
            None => Host::Exactly(name.to_owned()),
        },
    };
    Ok(Pattern { scheme: (scheme != "*").then(|| scheme.to_owned()), host, ports })
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Allowed;

    #[test]
    fn what_is_not_listed_is_denied() {
        let list = ["http://127.0.0.1:4000", "https://*.example.com", "postgres://db:*", "http://[::1]:8000..8010"];
        let allowed = Allowed::parse(&list.map(String::from)).unwrap();
        for (scheme, host, port, expected) in [
            ("http", "127.0.0.1", Some(4000), true),
            ("http", "127.0.0.1", Some(4001), false),
            ("https", "127.0.0.1", Some(4000), false),
            ("https", "a.example.com", None, true),
            ("https", "example.com", None, false),
            ("https", "evilexample.com", None, false),
            ("https", "a.example.com", Some(444), false),
            ("postgres", "db", Some(6000), true),
            ("http", "[::1]", Some(8009), true),
            ("http", "[::1]", Some(8010), false),
        ] {
            assert_eq!(allowed.allows(scheme, host, port), expected, "{scheme}://{host}:{port:?}");
        }
        assert!(!Allowed::nowhere().allows("http", "127.0.0.1", Some(80)));
        for wrong in ["", "127.0.0.1", "http://a/b", "x://a", "http://a:b"] {
            assert!(Allowed::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
