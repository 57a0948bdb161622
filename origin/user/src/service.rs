//! The service.

use aw_ingress::{Caller, Service};
use aw_origin_data::{
    answer, database, edges,
    input::{self, Match, Page},
    push::Pusher,
    secrets::Secrets,
};
use aw_platform::{
    ApiError, Path, Response, Result, SqlPlatform,
    http::{self, HeaderMap, Method, header},
};
use bytes::Bytes;
use serde::Deserialize;

use crate::{
    factors, login, logout,
    refresh::{self, Refreshed},
    register, users,
};

/// Accounts and sessions: `/v1/auth` and `/v1/users`.
#[derive(Debug)]
pub struct User {
    secrets: Secrets,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    refresh_token: Option<String>,
}

impl<P: SqlPlatform> Service<P> for User {
    async fn build(platform: &P) -> Result<Self> {
        // Read for its faults: what is wrong with it is said when the program starts.
        edges::configured(platform).await?;
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
        let tenant = caller.require_tenant()?;
        match (&head.method, path.segments().as_slice()) {
            (&Method::POST, ["v1", "auth", route @ ("register" | "login" | "refresh" | "logout")]) => {
                self.session(platform, caller, tenant, route, &head.headers, &body).await
            }
            (_, ["v1", "auth", "register" | "login" | "refresh" | "logout"]) => Err(ApiError::method_not_allowed()),
            (_, ["v1", rest @ ..]) if factors::has(rest) => {
                factors::handle(platform, &self.secrets, caller, &head, &body, rest).await
            }
            (&Method::GET, ["v1", "users"]) => {
                caller.require_role(&users::KEEPERS)?;
                let page = Page::from_query(head.uri.query())?;
                let accounts = users::list(&database::tenant(platform, tenant).await?, page).await?;
                let full = accounts.len() == page.limit as usize;
                let next = accounts.last().filter(|_| full).map(|account| account.id.clone());
                Ok(answer::page(platform, caller, accounts, next, page.limit))
            }
            (&Method::GET, ["v1", "users", name]) => {
                caller.require_role(&users::KEEPERS)?;
                let account = users::get(&database::tenant(platform, tenant).await?, name).await?;
                let version = account.version;
                Ok(answer::versioned(platform, caller, 200, account, version))
            }
            (&Method::PATCH, ["v1", "users", name]) => {
                caller.require_role(&users::KEEPERS)?;
                let expected = Match::from_headers(&head.headers)?;
                let change = input::json(&head.headers, &body)?;
                let sql = database::tenant(platform, tenant).await?;
                let (account, void) = users::change(platform, &sql, caller, name, expected, change).await?;
                if void {
                    self.push(platform, tenant);
                }
                let version = account.version;
                Ok(answer::versioned(platform, caller, 200, account, version))
            }
            (_, ["v1", "users"] | ["v1", "users", _]) => Err(ApiError::method_not_allowed()),
            _ => Err(ApiError::not_found("there is no such page")),
        }
    }

    fn max_body(_: &Method, _: &str) -> usize {
        16 * 1024
    }
}

impl User {
    async fn session<P: SqlPlatform>(
        &self,
        p: &P,
        caller: &Caller,
        tenant: &str,
        route: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response<P>, ApiError> {
        let sql = database::tenant(p, tenant).await?;
        let secrets = &self.secrets;
        match route {
            "register" => {
                let new = input::json(headers, body)?;
                let tokens = register::register(p, secrets, &sql, caller, new).await?;
                Ok(answer::data(p, caller, 201, tokens))
            }
            "login" => {
                let credentials = input::json(headers, body)?;
                let login = login::login(p, secrets, &sql, caller, credentials).await?;
                Ok(answer::data(p, caller, 200, login))
            }
            "refresh" => {
                let none = || ApiError::unauthorized("AUTH_REFRESH_INVALID", "there is no refresh token: log in");
                let token = token(headers, body)?.ok_or_else(none)?;
                match refresh::refresh(p, secrets, &sql, caller, &token).await? {
                    Refreshed::Tokens(tokens) => Ok(answer::data(p, caller, 200, tokens)),
                    Refreshed::Reused(error) => {
                        self.push(p, tenant);
                        Err(error)
                    }
                }
            }
            _ => {
                if logout::logout(p, &sql, caller, token(headers, body)?.as_deref()).await? {
                    self.push(p, tenant);
                }
                Ok(answer::nothing::<P>())
            }
        }
    }

    /// Tells the edges what became void, once the caller has been answered.
    fn push<P: SqlPlatform>(&self, p: &P, tenant: &str) {
        let (platform, secrets, tenant) = (p.clone(), self.secrets.clone(), tenant.to_owned());
        p.wait_until(async move {
            // What fails here is in the outbox still.
            let Ok(edges) = edges::configured(&platform).await else { return };
            let pusher = Pusher { platform: &platform, secrets: &secrets, edges: &edges, blobs: None };
            let _ = pusher.run_tenant(&tenant).await;
        });
    }
}

/// The refresh token: from the body, else from the cookie.
fn token(headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, ApiError> {
    let named: Refresh = if body.is_empty() { Refresh::default() } else { input::json(headers, body)? };
    Ok(named.refresh_token.or_else(|| cookie(headers, "aw_refresh")).filter(|t| !t.is_empty() && t.len() <= 256))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    all.filter_map(|pair| pair.trim().split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_names_the_token_else_the_cookie_does() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=b; aw_refresh=from-cookie".parse().unwrap());
        assert_eq!(token(&headers, b"").unwrap().as_deref(), Some("from-cookie"));
        headers.insert("content-type", "application/json".parse().unwrap());
        assert_eq!(token(&headers, br#"{"refreshToken":"from-body"}"#).unwrap().as_deref(), Some("from-body"));
        assert_eq!(token(&HeaderMap::new(), b"").unwrap(), None);
        assert_eq!(token(&HeaderMap::new(), b"{}").unwrap_err().status(), 415);
    }
}
