//! `/v1/auth`: sessions, and what a mailed link does.

use aw_origin_data::{answer, ask::Ask, input};
use aw_platform::{
    ApiError, Response, SqlPlatform,
    http::{HeaderMap, Method, header},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    credentials,
    device::Device,
    factors::Login,
    login, logout,
    refresh::{self, Refreshed},
    register, reset, sessions, verification, work,
};

/// A refresh token; without one, that of the cookie.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshToken {
    /// Without it, the cookie's.
    refresh_token: Option<String>,
}

/// Answers what is below `/v1/auth`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (&ask.head.method, path) {
        (&Method::POST, ["register"]) => {
            let sql = ask.sql().await?;
            let tokens = register::register(ask.p, ask.secrets, &sql, ask.caller, &device(ask), ask.json()?).await?;
            work::soon(ask);
            Ok(ask.data(201, tokens))
        }
        (&Method::POST, ["login"]) => {
            let sql = ask.sql().await?;
            match login::login(ask.p, ask.secrets, &sql, ask.caller, &device(ask), ask.json()?).await? {
                Login::Tokens(tokens) => Ok(ask.data(200, tokens)),
                challenge @ Login::Challenge(_) => Ok(ask.data(200, challenge)),
            }
        }
        (&Method::POST, ["refresh"]) => {
            let none = || ApiError::unauthorized("AUTH_REFRESH_INVALID", "there is no refresh token: log in");
            let token = token(&ask.head.headers, ask.body)?.ok_or_else(none)?;
            let sql = ask.sql().await?;
            match refresh::refresh(ask.p, ask.secrets, &sql, ask.caller, &token).await? {
                Refreshed::Tokens(tokens) => {
                    sessions::seen(&sql, &tokens.session, &device(ask)).await?;
                    Ok(ask.data(200, tokens))
                }
                Refreshed::Reused(error) => {
                    ask.push();
                    Err(error)
                }
            }
        }
        (&Method::POST, ["logout"]) => {
            let token = token(&ask.head.headers, ask.body)?;
            if logout::logout(ask.p, &ask.sql().await?, ask.caller, token.as_deref()).await? {
                ask.push();
            }
            Ok(answer::nothing::<P>())
        }
        (&Method::POST, ["verify"]) => verification::verify(ask).await,
        (&Method::POST, ["password", "forgot"]) => reset::forgot(ask).await,
        (&Method::POST, ["password", "reset"]) => reset::reset(ask).await,
        (&Method::POST, ["email", "confirm"]) => credentials::confirm_email(ask).await,
        (_, ["register" | "login" | "refresh" | "logout" | "verify"])
        | (_, ["password", "forgot" | "reset"] | ["email", "confirm"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// What a session is asked with: its owner will see it.
fn device<P: SqlPlatform>(ask: &Ask<'_, P>) -> Device {
    Device::new(&ask.head.headers, ask.caller)
}

/// The refresh token: from the body, else from the cookie.
fn token(headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, ApiError> {
    let named: RefreshToken = if body.is_empty() { RefreshToken::default() } else { input::json(headers, body)? };
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
