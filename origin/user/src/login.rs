//! `POST /v1/auth/login`.

use aw_ingress::Caller;
use aw_origin_data::secrets::Secrets;
use aw_platform::{ApiError, SqlExt, SqlPlatform};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    account::{Account, COLUMNS},
    device::Device,
    email,
    factors::{self, Login},
    password,
    session::{self, Issuer},
    throttle::{self, Bucket},
};

/// The body.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Credentials {
    /// The account's address.
    email: String,
    /// Its password.
    password: String,
}

/// Begins a session, or asks for the second factor. An unknown address takes as long as a wrong password, and is answered the same.
pub(crate) async fn login<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    sql: &P::Sql,
    caller: &Caller,
    device: &Device,
    credentials: Credentials,
) -> Result<Login, ApiError> {
    let wrong = || ApiError::unauthorized("AUTH_LOGIN_FAILED", "the address or the password is wrong");
    let email = email::normalised(&credentials.email).map_err(|_| wrong())?;
    let mut buckets = vec![Bucket::account(&email)];
    buckets.extend(caller.client_ip.map(Bucket::address));
    throttle::attempt(sql, &buckets).await?;
    let issuer = Issuer::find(secrets, sql, caller).await?;
    let statement =
        format!("SELECT u.password_hash, {COLUMNS} FROM users u WHERE u.email = $1::text AND u.deleted_at IS NULL");
    let row = sql.query_opt(&statement, &[(&email).into()]).await?;
    let hash = row.as_ref().map(|row| row.text_opt(0)).transpose()?.flatten();
    // A password that none can have is not worth the time, whoever's it is.
    let right = credentials.password.len() <= 4096 && password::verify(&credentials.password, hash)?;
    let Some(row) = row.filter(|_| right) else { return Err(wrong()) };
    let user = Account::from_row(&row, 1)?;
    user.require_active()?;
    if let Some(challenge) = factors::demand(p, sql, &user.id).await? {
        return Ok(Login::Challenge(challenge));
    }
    let (session, refresh_token) = session::begin(p, sql, &user.id, device).await?;
    throttle::forgive(sql, &buckets).await?;
    session::sweep(sql).await?;
    Ok(Login::Tokens(issuer.tokens(p, user, &session, refresh_token)?))
}
