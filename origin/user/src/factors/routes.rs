//! Who answers what.

use aw_ingress::Caller;
use aw_origin_data::{
    answer,
    input::{self, Match, Page},
    secrets::Secrets,
};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{Method, request::Parts},
};

use super::desk::Desk;
use crate::users::KEEPERS;

/// Whether the path behind `/v1` is of this module.
pub(crate) fn has(path: &[&str]) -> bool {
    matches!(
        path,
        ["auth", "login", _, ..] | ["auth", "factors" | "passkeys" | "oidc", ..] | ["identity-providers", ..]
    )
}

/// Answers a request to a path that is [had](has).
pub(crate) async fn handle<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    caller: &Caller,
    head: &Parts,
    body: &[u8],
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    let get = head.method == Method::GET;
    let post = head.method == Method::POST;
    let desk = async || Desk::open(p, secrets, caller, &head.headers).await;
    match path {
        ["auth", "login", "factor"] if post => {
            let proof = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk().await?.prove(proof).await?))
        }
        ["auth", "factors"] if get => Ok(answer::data(p, caller, 200, desk().await?.factors().await?)),
        ["auth", "factors", "totp"] if post => Ok(answer::data(p, caller, 201, desk().await?.totp_begin().await?)),
        ["auth", "factors", "totp", "confirm"] if post => {
            let code = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk().await?.totp_confirm(code).await?))
        }
        ["auth", "factors", "totp", "disable"] if post => {
            let proof = input::json(&head.headers, body)?;
            desk().await?.totp_disable(proof).await?;
            Ok(answer::nothing::<P>())
        }
        ["auth", "factors", "recovery-codes"] if post => {
            Ok(answer::data(p, caller, 201, desk().await?.renew_codes().await?))
        }
        ["auth", "oidc", ..] => oidc(desk().await?, head, body, path).await,
        ["identity-providers", ..] => providers(desk().await?, head, body, path).await,
        ["auth", "passkeys", ..] => passkeys(desk().await?, head, body, path).await,
        ["auth", "login", "factor"]
        | ["auth", "factors"]
        | ["auth", "factors", "totp" | "recovery-codes"]
        | ["auth", "factors", "totp", "confirm" | "disable"] => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn passkeys<P: SqlPlatform>(
    desk: Desk<'_, P>,
    head: &Parts,
    body: &[u8],
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    let (p, caller) = (desk.p, desk.caller);
    match (&head.method, &path[2..]) {
        (&Method::POST, ["options"]) => Ok(answer::data(p, caller, 200, desk.passkey_options().await?)),
        (&Method::POST, []) => {
            let new = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 201, desk.passkey_add(new).await?))
        }
        (&Method::GET, []) => {
            let page = Page::from_query(head.uri.query())?;
            let all = desk.passkeys(page).await?;
            let next = all.last().filter(|_| all.len() == page.limit as usize).map(|last| last.id.clone());
            Ok(answer::page(p, caller, all, next, page.limit))
        }
        (&Method::POST, ["login", "options"]) => {
            let given = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk.passkey_login_options(given).await?))
        }
        (&Method::POST, ["login"]) => {
            let given = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk.passkey_login(given).await?))
        }
        (&Method::PATCH, [id]) => {
            desk.user()?;
            let expected = Match::required(&head.headers)?;
            let new = input::json(&head.headers, body)?;
            let passkey = desk.passkey_rename(id, expected, new).await?;
            let version = passkey.version;
            Ok(answer::versioned(p, caller, 200, passkey, version))
        }
        (&Method::DELETE, [id]) => {
            desk.passkey_remove(id).await?;
            Ok(answer::nothing::<P>())
        }
        (_, [] | [_] | ["login", "options"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn oidc<P: SqlPlatform>(
    desk: Desk<'_, P>,
    head: &Parts,
    body: &[u8],
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    let (p, caller) = (desk.p, desk.caller);
    match (&head.method, &path[2..]) {
        (&Method::GET, []) => Ok(answer::data(p, caller, 200, desk.provider_names().await?)),
        (&Method::POST, [name, "start"]) => {
            let given = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk.oidc_start(name, given).await?))
        }
        (&Method::POST, [name, "finish"]) => {
            let given = input::json(&head.headers, body)?;
            Ok(answer::data(p, caller, 200, desk.oidc_finish(name, given).await?))
        }
        (_, [] | [_, "start" | "finish"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn providers<P: SqlPlatform>(
    desk: Desk<'_, P>,
    head: &Parts,
    body: &[u8],
    path: &[&str],
) -> Result<Response<P>, ApiError> {
    let (p, caller) = (desk.p, desk.caller);
    match (&head.method, &path[1..]) {
        (&Method::GET, []) => Ok(answer::data(p, caller, 200, desk.providers().await?)),
        (&Method::GET, [name]) => {
            let provider = desk.provider(name).await?;
            let version = provider.version;
            Ok(answer::versioned(p, caller, 200, provider, version))
        }
        (&Method::PUT, [name]) => {
            caller.require_role(&KEEPERS)?;
            let expected = Match::from_headers(&head.headers)?;
            let change = input::json(&head.headers, body)?;
            let (provider, new) = desk.provider_put(name, expected, change).await?;
            let version = provider.version;
            Ok(answer::versioned(p, caller, if new { 201 } else { 200 }, provider, version))
        }
        (&Method::DELETE, [name]) => {
            desk.provider_remove(name).await?;
            Ok(answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
