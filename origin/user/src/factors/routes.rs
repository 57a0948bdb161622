//! Who answers what.

use aw_origin_data::{
    answer,
    ask::{Ask, KEEPERS},
    input::Match,
};
use aw_platform::{ApiError, Response, SqlPlatform, http::Method};

use super::visit::Visit;

/// Whether the path behind `/v1` is of this module.
pub(crate) fn has(path: &[&str]) -> bool {
    matches!(
        path,
        ["auth", "login", _, ..] | ["auth", "factors" | "passkeys" | "oidc", ..] | ["identity-providers", ..]
    )
}

/// Answers a request to a path that is [had](has).
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let get = ask.head.method == Method::GET;
    let post = ask.head.method == Method::POST;
    let visit = async || Visit::open(ask).await;
    match path {
        ["auth", "login", "factor"] if post => {
            let proof = ask.json()?;
            Ok(ask.data(200, visit().await?.prove(proof).await?))
        }
        ["auth", "factors"] if get => Ok(ask.data(200, visit().await?.factors().await?)),
        ["auth", "factors", "totp"] if post => Ok(ask.data(201, visit().await?.totp_begin().await?)),
        ["auth", "factors", "totp", "confirm"] if post => {
            let code = ask.json()?;
            Ok(ask.data(200, visit().await?.totp_confirm(code).await?))
        }
        ["auth", "factors", "totp", "disable"] if post => {
            let proof = ask.json()?;
            visit().await?.totp_disable(proof).await?;
            Ok(answer::nothing::<P>())
        }
        ["auth", "factors", "recovery-codes"] if post => Ok(ask.data(201, visit().await?.renew_codes().await?)),
        ["auth", "oidc", ..] => oidc(visit().await?, path).await,
        ["identity-providers", ..] => providers(visit().await?, path).await,
        ["auth", "passkeys", ..] => passkeys(visit().await?, path).await,
        ["auth", "login", "factor"]
        | ["auth", "factors"]
        | ["auth", "factors", "totp" | "recovery-codes"]
        | ["auth", "factors", "totp", "confirm" | "disable"] => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn passkeys<P: SqlPlatform>(visit: Visit<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&visit.head.method, &path[2..]) {
        (&Method::POST, ["options"]) => Ok(visit.data(200, visit.passkey_options().await?)),
        (&Method::POST, []) => {
            let new = visit.json()?;
            Ok(visit.data(201, visit.passkey_add(new).await?))
        }
        (&Method::GET, []) => {
            let page = visit.page()?;
            Ok(visit.paged(page, visit.passkeys(page).await?, |passkey| passkey.id.clone()))
        }
        (&Method::POST, ["login", "options"]) => {
            let given = visit.json()?;
            Ok(visit.data(200, visit.passkey_login_options(given).await?))
        }
        (&Method::POST, ["login"]) => {
            let given = visit.json()?;
            Ok(visit.data(200, visit.passkey_login(given).await?))
        }
        (&Method::PATCH, [id]) => {
            visit.user()?;
            let expected = visit.expected()?;
            let new = visit.json()?;
            let passkey = visit.passkey_rename(id, expected, new).await?;
            let version = passkey.version;
            Ok(visit.versioned(200, passkey, version))
        }
        (&Method::DELETE, [id]) => {
            visit.passkey_remove(id).await?;
            Ok(answer::nothing::<P>())
        }
        (_, [] | [_] | ["login", "options"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn oidc<P: SqlPlatform>(visit: Visit<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&visit.head.method, &path[2..]) {
        (&Method::GET, []) => Ok(visit.data(200, visit.provider_names().await?)),
        (&Method::POST, [name, "start"]) => {
            let given = visit.json()?;
            Ok(visit.data(200, visit.oidc_start(name, given).await?))
        }
        (&Method::POST, [name, "finish"]) => {
            let given = visit.json()?;
            Ok(visit.data(200, visit.oidc_finish(name, given).await?))
        }
        (_, [] | [_, "start" | "finish"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn providers<P: SqlPlatform>(visit: Visit<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&visit.head.method, &path[1..]) {
        (&Method::GET, []) => Ok(visit.data(200, visit.providers().await?)),
        (&Method::GET, [name]) => {
            let provider = visit.provider(name).await?;
            let version = provider.version;
            Ok(visit.versioned(200, provider, version))
        }
        (&Method::PUT, [name]) => {
            visit.caller.require_role(&KEEPERS)?;
            let expected = Match::from_headers(&visit.head.headers)?;
            let change = visit.json()?;
            let (provider, new) = visit.provider_put(name, expected, change).await?;
            let version = provider.version;
            Ok(visit.versioned(if new { 201 } else { 200 }, provider, version))
        }
        (&Method::DELETE, [name]) => {
            visit.provider_remove(name).await?;
            Ok(answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
