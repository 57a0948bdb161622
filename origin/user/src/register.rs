//! `POST /v1/auth/register`.

use aw_ingress::Caller;
use aw_origin_data::{audit, database, secrets::Secrets, tenants};
use aw_platform::{ApiError, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    account::Account,
    device::Device,
    email, password,
    session::{self, Issuer, Tokens},
    throttle::{self, Bucket},
    verification,
};

/// The body.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    /// The address, which a mail proves.
    #[schemars(length(min = 3, max = 254))]
    email: String,
    /// 10 to 1024 characters.
    #[schemars(length(min = 10, max = 1024))]
    password: String,
    /// The name that others see; without one, what stands before the `@`.
    #[schemars(length(max = 100))]
    display_name: Option<String>,
}

/// Makes an account, and a session of it.
pub(crate) async fn register<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    sql: &P::Sql,
    caller: &Caller,
    device: &Device,
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
    let user = Account {
        id: uuid_v7(p).to_string(),
        email,
        email_verified: false,
        display_name: name,
        roles: vec!["reader".into()],
        entitlements: Vec::new(),
        derived: Box::default(),
        suspended: false,
        void_until: 0,
        version: 1,
    };
    let control = database::control(p).await?;
    let (session, refresh_token) = sql
        .transaction(async |sql| {
            tenants::admit_member(&control, sql, caller.require_tenant()?).await?;
            let row: [Value; 4] = [(&user.id).into(), (&user.email).into(), (&user.display_name).into(), hash.into()];
            let insert = "INSERT INTO users (id, email, display_name, password_hash) \
                VALUES ($1::text::uuid, $2::text, $3::text, $4::text)";
            match sql.execute(insert, &row).await {
                Err(error) if error.is_unique_violation() => return Err(taken()),
                other => other?,
            };
            audit::record(p, sql, &user.id, "user.account.registered", &user.id, serde_json::json!({})).await?;
            verification::send(p, sql, issuer.press(), &user).await?;
            Ok::<_, ApiError>(session::begin(p, sql, &user.id, device).await?)
        })
        .await?;
    issuer.tokens(p, user, &session, refresh_token)
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
