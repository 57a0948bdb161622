//! All the origin's services behind one door, as one program has them. As components each is on its own, and Spin's
//! routes say what [`at`] says here.
#![allow(async_fn_in_trait)]

mod probes;

use aw_ingress::{Caller, Ready, Service};
use aw_openapi::Operation;
use aw_origin_content::Content;
use aw_origin_jobs::Jobs;
use aw_origin_storage::Storage;
use aw_origin_subscription::Subscription;
use aw_origin_user::User;
use aw_platform::{ApiError, Bytes, Response, Result, SqlPlatform, http};

/// The origin, each route at the service that has it.
pub struct Origin {
    user: User,
    subscription: Subscription,
    storage: Storage,
    jobs: Jobs,
    content: Content,
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Accounts and sessions.
    User,
    /// Sales.
    Subscription,
    /// Files.
    Storage,
    /// Long work.
    Jobs,
    /// Books, tenants, the push to the edges.
    Content,
}

/// The services by the names that their probes and their components have.
pub const SERVICES: &[&str] = &["user", "subscription", "storage", "jobs", "content", "imports", "tenants"];

/// The service that has the route of a path.
///
/// ```
/// use aw_origin::{At, at};
/// assert_eq!([at("/v1/auth/login"), at("/v1/plans"), at("/v1/files/x")], [At::User, At::Subscription, At::Storage]);
/// assert_eq!([at("/v1/filesystem"), at("/v1/books/users"), at("/_aw/push")], [At::Content; 3]);
/// ```
pub fn at(path: &str) -> At {
    match path.split('?').next().unwrap_or_default() {
        path if aw_origin_user::is_route(path) => At::User,
        path if Subscription::has(path) => At::Subscription,
        path if Storage::has(path) => At::Storage,
        path if Jobs::has(path) => At::Jobs,
        _ => At::Content,
    }
}

/// Every documented route of the origin.
pub fn operations() -> Vec<Operation> {
    let mut all = probes::operations();
    all.extend(aw_origin_user::operations());
    all.extend(aw_origin_content::operations());
    all.extend(aw_origin_storage::operations());
    all.extend(aw_origin_jobs::operations());
    all.extend(aw_origin_subscription::operations());
    all
}

impl<P: SqlPlatform> Service<P> for Origin {
    const NAMES: &'static [&'static str] = SERVICES;

    async fn build(p: &P) -> Result<Self> {
        Ok(Self {
            user: <User as Service<P>>::build(p).await?,
            subscription: <Subscription as Service<P>>::build(p).await?,
            storage: <Storage as Service<P>>::build(p).await?,
            jobs: <Jobs as Service<P>>::build(p).await?,
            content: <Content as Service<P>>::build(p).await?,
        })
    }

    async fn handle(&self, p: &P, caller: &Caller, request: http::Request<Bytes>) -> Result<Response<P>, ApiError> {
        match at(request.uri().path()) {
            At::User => self.user.handle(p, caller, request).await,
            At::Subscription => self.subscription.handle(p, caller, request).await,
            At::Storage => self.storage.handle(p, caller, request).await,
            At::Jobs => self.jobs.handle(p, caller, request).await,
            At::Content => self.content.handle(p, caller, request).await,
        }
    }

    fn max_body(method: &http::Method, path: &str) -> usize {
        match at(path) {
            At::User => <User as Service<P>>::max_body(method, path),
            At::Subscription => <Subscription as Service<P>>::max_body(method, path),
            At::Storage => <Storage as Service<P>>::max_body(method, path),
            At::Jobs => <Jobs as Service<P>>::max_body(method, path),
            At::Content => <Content as Service<P>>::max_body(method, path),
        }
    }

    async fn ready(&self, p: &P, name: &str, ready: &mut Ready) {
        match name {
            "user" => self.user.ready(p, name, ready).await,
            "subscription" => self.subscription.ready(p, name, ready).await,
            "storage" => self.storage.ready(p, name, ready).await,
            "jobs" => self.jobs.ready(p, name, ready).await,
            _ => self.content.ready(p, name, ready).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_says_the_same() {
        let manifest: toml::Table = toml::from_str(include_str!("../../../authorworks.toml")).unwrap();
        let apps = manifest["apps"].as_table().unwrap();
        let ours = |name: &&String| apps[*name]["tier"].as_str() == Some("origin");
        let (mut theirs, mut here): (Vec<_>, Vec<_>) = (apps.keys().filter(ours).collect(), SERVICES.to_vec());
        theirs.sort_unstable();
        here.sort_unstable();
        assert_eq!(theirs, here);
        for (name, app) in apps {
            let expected = match name.as_str() {
                "user" => At::User,
                "subscription" => At::Subscription,
                "storage" => At::Storage,
                "jobs" => At::Jobs,
                _ => At::Content,
            };
            for route in app["routes"].as_array().unwrap().iter().map(|route| route.as_str().unwrap()) {
                // Spin takes the longest route: what is below `_aw` has another service where it is named.
                assert_eq!(at(route.trim_end_matches("/...")), expected, "{name}: {route}");
            }
        }
    }
}
