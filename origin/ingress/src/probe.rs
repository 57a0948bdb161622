//! `GET /health` and `GET /ready`: what whoever keeps the program running asks, unsigned.

use aw_platform::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// Of a program that answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    /// `alive`.
    pub status: &'static str,
}

impl Health {
    pub(crate) const ALIVE: Self = Self { status: "alive" };
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Whether it answers.
    Health,
    /// Whether what the services of these names need is there.
    Ready(&'static [&'static str]),
}

impl Probe {
    /// What a request asks of the services called `names`: `/health` and `/ready` of all of them, `/health/NAME` and
    /// `/ready/NAME` of one.
    pub(crate) fn find(method: &Method, path: &str, names: &'static [&'static str]) -> Option<Self> {
        let mut segments = path.strip_prefix('/')?.split('/');
        let (what, name, None) = (segments.next()?, segments.next(), segments.next()) else { return None };
        let names = match name {
            None => names,
            Some(name) => std::slice::from_ref(names.iter().find(|known| **known == name)?),
        };
        match what {
            "health" if *method == Method::GET => Some(Self::Health),
            "ready" if *method == Method::GET => Some(Self::Ready(names)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_asked_by_its_name() {
        const NAMES: &[&str] = &["user", "content"];
        let find = |path| Probe::find(&Method::GET, path, NAMES);
        assert_eq!((find("/health"), find("/health/user")), (Some(Probe::Health), Some(Probe::Health)));
        assert_eq!(find("/ready"), Some(Probe::Ready(NAMES)));
        assert_eq!(find("/ready/content"), Some(Probe::Ready(&["content"])));
        for other in ["/", "/ready/", "/ready/x", "/ready/user/", "/health/x", "/readyx", "//ready", "/v1/ready"] {
            assert_eq!(find(other), None, "{other}");
        }
        assert_eq!(Probe::find(&Method::POST, "/ready", NAMES), None);
    }
}
