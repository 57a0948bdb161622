//! `POST /v1/auth/register`.

use aw_ingress::Caller;
use aw_origin_data::{audit, secrets::Secrets};
use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use serde::Deserialize;

use crate::{
    account::Account,
    email, password,
    session::{self, Issuer, Tokens},
    throttle::{self, Bucket},
};

/// The body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    email: String,
    password: String,
    display_name: Option<String>,
}

/// Makes an account, and a session of it.
pub(crate) async fn register<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    sql: &P::Sql,
    caller: &Caller,
    new: Registration,
) -> Result<Tokens, ApiError> {
    let email = email::normalised(&new.email)?;
    password::check(&new.password)?;
    let name = display_name(new.display_name.as_deref(), &email)?;
    let buckets: Vec<Bucket> = caller.client_ip.map(Bucket::address).into_iter().collect();
    throttle::attempt(sql, &buckets).await?;
    let issuer = Issuer::find(secrets, sql, caller).await?;
    let taken = || ApiError::new(409, "USER_EMAIL_TAKEN", "there is an account with this address already");
    let known = "SELECT 1::bigint FROM users WHERE email = $1::text";
    if sql.query_opt(known, &[(&email).into()]).await?.is_some() {
        return Err(taken());
    }
    let hash = password::hash(p, &new.password)?;
    let id = uuid_v7(p).to_string();
    let (session, refresh_token) = sql
        .transaction(async |sql| {
            let row: [Value; 4] = [(&id).into(), (&email).into(), (&name).into(), hash.into()];
            let insert = "INSERT INTO users (id, email, display_name, password_hash) \
                VALUES ($1::text::uuid, $2::text, $3::text, $4::text)";
            match sql.execute(insert, &row).await {
                Err(error) if error.is_unique_violation() => return Err(taken()),
                other => other?,
            };
            audit::record(p, sql, &id, "user.account.registered", &id, serde_json::json!({})).await?;
            Ok::<_, ApiError>(session::begin(p, sql, &id).await?)
        })
        .await?;
    let user = Account {
        id,
        email,
        display_name: name,
        roles: vec!["reader".into()],
        entitlements: Vec::new(),
        derived: Box::default(),
        void_until: 0,
        version: 1,
    };
    Ok(issuer.tokens(p, user, &session, refresh_token)?)
}

/// The name that others see; without one, what stands before the `@`.
pub(crate) fn display_name(name: Option<&str>, email: &str) -> Result<String, ApiError> {
    let name = match name.map(str::trim) {
        None | Some("") => email.split('@').next().unwrap_or_default(),
        Some(name) => name,
    };
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(ApiError::new(422, "USER_DISPLAY_NAME_INVALID", "a name has 1 to 100 characters"))
}
