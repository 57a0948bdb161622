//! The service.

use aw_ingress::{Caller, Ready, Service, is_below};
use aw_mail::Transport;
use aw_origin_data::{ask::Ask, edges, ready, secrets::Secrets};
use aw_origin_pages::Api;
use aw_platform::{
    ApiError, Path, Response, Result, SqlPlatform,
    http::{self, Method},
};
use bytes::Bytes;

use crate::{auth, factors, mails, me, pages, profile, users, work};

/// Accounts and sessions: `/v1/auth`, `/v1/account`, `/v1/users`, `/v1/profiles`; the tenant's mail, `/v1/mails`, and
/// what happened in it, `/v1/events` and `/v1/webhook-endpoints`.
#[derive(Debug)]
pub struct User {
    secrets: Secrets,
}

/// Whether a path is this service's.
pub fn is_route(path: &str) -> bool {
    let ours = [
        "/v1/auth",
        "/v1/account",
        "/v1/identity-providers",
        "/v1/users",
        "/v1/profiles",
        "/v1/mails",
        "/_aw/work/user",
        "/_aw/pages/verify",
        "/_aw/pages/forgot",
        "/_aw/pages/reset",
        "/_aw/pages/confirm-email",
        "/_aw/pages/account/security",
        "/_aw/work/events",
        "/health/user",
        "/ready/user",
    ];
    is_below(path, &ours) || aw_events::has(path)
}

impl<P: SqlPlatform> Service<P> for User {
    const NAMES: &'static [&'static str] = &["user"];

    async fn build(platform: &P) -> Result<Self> {
        // Read for their faults: what is wrong with them is said when the program starts.
        edges::configured(platform).await?;
        Transport::configured(platform).await?;
        Ok(Self { secrets: Secrets::read(platform).await? })
    }

    async fn handle(
        &self,
        platform: &P,
        caller: &Caller,
        request: http::Request<Bytes>,
    ) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        let path = path.segments();
        if let ["_aw", "work", "user"] = path.as_slice() {
            return work::route(platform, caller, &head.method).await;
        }
        if let ["_aw", "work", "events"] = path.as_slice() {
            return aw_events::work(platform, &self.secrets, caller, &head.method).await;
        }
        if let ["_aw", "pages", page @ ..] = path.as_slice() {
            return pages::route((platform, caller, self), (&head, &body), page).await;
        }
        self.api(platform, caller, http::Request::from_parts(head, body)).await
    }

    fn max_body(_: &Method, _: &str) -> usize {
        16 * 1024
    }

    async fn ready(&self, platform: &P, _: &str, ready: &mut Ready) {
        ready::databases(platform, ready).await;
    }
}

impl<P: SqlPlatform> Api<P> for User {
    async fn api(&self, platform: &P, caller: &Caller, request: http::Request<Bytes>) -> Result<Response<P>, ApiError> {
        let (head, body) = request.into_parts();
        let path = Path::parse(head.uri.path())?;
        let path = path.segments();
        let ask = Ask::new(platform, &self.secrets, caller, &head, &body)?;
        match path.as_slice() {
            ["v1", rest @ ..] if factors::has(rest) => factors::route(&ask, rest).await,
            ["v1", rest @ ..] if aw_events::has(head.uri.path()) => aw_events::route(&ask, rest).await,
            ["v1", "auth", rest @ ..] => auth::route(&ask, rest).await,
            ["v1", "account", rest @ ..] => me::route(&ask, rest).await,
            ["v1", "users", rest @ ..] => users::route(&ask, rest).await,
            ["v1", "profiles", rest @ ..] => profile::public(&ask, rest).await,
            ["v1", "mails", rest @ ..] => mails::route(&ask, rest).await,
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_route;

    #[test]
    fn routes_are_whole_segments() {
        for ours in [
            "/v1/users",
            "/v1/users?limit=1",
            "/v1/auth/login",
            "/_aw/work/user",
            "/v1/events",
            "/v1/webhook-endpoints/x",
        ] {
            assert!(is_route(ours), "{ours}");
        }
        for others in ["/v1/usersx", "/v1/books/users", "/_aw/push", "/_aw/work/users", "/v1/accounts"] {
            assert!(!is_route(others), "{others}");
        }
    }
}
