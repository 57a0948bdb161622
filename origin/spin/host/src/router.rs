//! Which component answers a path.

/// A route of the manifest.
#[derive(Clone)]
pub struct Route {
    /// As the manifest has it.
    pub raw: String,
    /// The component's id.
    pub component: String,
}

impl Route {
    /// What the route says without its wildcard.
    pub fn prefix(&self) -> &str {
        self.raw.strip_suffix("/...").unwrap_or(&self.raw)
    }

    fn is_wild(&self) -> bool {
        self.raw.ends_with("/...")
    }

    /// What comes after the wildcard's place; empty for an exact route.
    pub fn rest<'a>(&self, path: &'a str) -> &'a str {
        if self.is_wild() { path.get(self.prefix().len()..).unwrap_or_default() } else { "" }
    }

    fn matches(&self, path: &str) -> bool {
        let path = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
        let rest = path.strip_prefix(self.prefix());
        match rest {
            Some("") => true,
            Some(rest) => self.is_wild() && rest.starts_with('/'),
            None => self.raw == "/" && path.is_empty(),
        }
    }
}

/// All routes.
pub struct Router(Vec<Route>);

impl Router {
    /// Exact routes come before wildcards, longer wildcards before shorter ones.
    pub fn new(mut routes: Vec<Route>) -> Self {
        routes.sort_by_key(|route| (route.is_wild(), std::cmp::Reverse(route.prefix().len())));
        Self(routes)
    }

    /// The best route for `path`.
    pub fn route(&self, path: &str) -> Option<&Route> {
        self.0.iter().find(|route| route.matches(path))
    }
}

#[cfg(test)]
mod tests {
    use super::{Route, Router};

    #[test]
    fn exact_before_longer_before_shorter() {
        let route = |raw: &str| Route { raw: raw.to_owned(), component: raw.to_owned() };
        let router = Router::new(["/...", "/v1/auth/...", "/v1/users", "/v1/users/..."].map(route).to_vec());
        for (path, expected) in [
            ("/", "/..."),
            ("/v1/auth/login", "/v1/auth/..."),
            ("/v1/auth", "/v1/auth/..."),
            ("/v1/authors", "/..."),
            ("/v1/users", "/v1/users"),
            ("/v1/users/1", "/v1/users/..."),
        ] {
            assert_eq!(router.route(path).map(|r| r.raw.as_str()), Some(expected), "{path}");
        }
        assert!(Router::new(vec![route("/a")]).route("/b").is_none());
        assert_eq!(route("/v1/auth/...").rest("/v1/auth/login"), "/login");
    }
}
