//! `/v1/account`: the account of whoever asks.

use aw_origin_data::ask::Ask;
use aw_platform::{ApiError, Response, SqlPlatform, http::Method};

use crate::{account, credentials, follows, leaving, preferences, profile, sessions, verification};

/// Answers what is below `/v1/account`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            let account = account::read(&ask.sql().await?, ask.account()?).await?;
            let version = account.version;
            Ok(ask.versioned(200, account, version))
        }
        (&Method::GET, ["export"]) => leaving::export(ask).await,
        (&Method::POST, ["deletion"]) => leaving::delete(ask).await,
        (_, ["profile"]) => profile::mine(ask).await,
        (_, ["preferences"]) => preferences::route(ask).await,
        (_, ["following" | "followers", ..]) => follows::route(ask, path).await,
        (_, ["sessions", rest @ ..]) => sessions::route(ask, rest).await,
        (&Method::POST, ["verification"]) => verification::again(ask).await,
        (&Method::PUT, ["password"]) => credentials::change_password(ask).await,
        (&Method::POST, ["email"]) => credentials::change_email(ask).await,
        (_, [] | ["verification" | "password" | "email" | "export" | "deletion"]) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Err(ApiError::not_found("there is no such page")),
    }
}
