//! Whom a provider's account stands for.

use aw_origin_data::{ask::KEEPERS, audit};
use aw_platform::{ApiError, Result, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use serde_json::json;

use super::id_token::Claims;
use crate::{
    email,
    factors::{
        notice::{self, Change},
        secret::token,
        visit::Visit,
    },
    password, register,
};

impl<P: SqlPlatform> Visit<'_, P> {
    /// The user whom the provider's account stands for: known already, found by an address that both sides have
    /// proved, or new.
    ///
    /// # Errors
    /// 403 `AUTH_PROVIDER_EMAIL_UNVERIFIED`, 403 `AUTH_PROVIDER_ACCOUNT_KEPT`, 409 `AUTH_PROVIDER_ACCOUNT_UNPROVED`.
    pub(super) async fn identified(&self, issuer: &str, claims: &Claims) -> Result<String, ApiError> {
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            // Of two first logins of one person the second finds what the first has made.
            let lock = "SELECT pg_advisory_xact_lock(hashtext('identities'), hashtext($1::text))";
            sql.execute(lock, &[(&claims.sub).into()]).await?;
            let known = "UPDATE identities SET last_used_at = now() \
                WHERE issuer = $1::text AND subject = $2::text RETURNING user_id::text";
            let identity: [Value; 2] = [issuer.into(), (&claims.sub).into()];
            if let Some(row) = sql.query_opt(known, &identity).await? {
                return Ok(row.text(0)?.to_owned());
            }
            let address = claims.email.as_deref().filter(|_| claims.email_verified());
            let address = address.and_then(|address| email::normalised(address).ok()).ok_or_else(|| {
                let why = "the provider has not proved your e-mail address: prove it there, or register here";
                ApiError::new(403, "AUTH_PROVIDER_EMAIL_UNVERIFIED", why)
            })?;
            let user = match found(sql, &address).await? {
                Some(user) => user,
                None => self.made(sql, &address, claims.name.as_deref()).await?,
            };
            let insert = "INSERT INTO identities (issuer, subject, user_id) \
                VALUES ($1::text, $2::text, $3::text::uuid)";
            let [issuer_value, subject] = identity;
            sql.execute(insert, &[issuer_value, subject, (&user).into()]).await?;
            notice::send(self.p, sql, &user, Change::IdentityLinked, json!({ "issuer": issuer })).await?;
            Ok(user)
        });
        done.await
    }

    /// A new account. Nobody knows its password; whoever has the address can set one.
    async fn made(&self, sql: &P::Sql, address: &str, name: Option<&str>) -> Result<String, ApiError> {
        let name = register::display_name(name, address).or_else(|_| register::display_name(None, address))?;
        let id = uuid_v7(self.p).to_string();
        let hash = password::hash(self.p, &token(self.p))?;
        let row: [Value; 4] = [(&id).into(), address.into(), name.into(), hash.into()];
        let insert = "INSERT INTO users (id, email, display_name, password_hash, email_verified_at) \
            VALUES ($1::text::uuid, $2::text, $3::text, $4::text, now())";
        match sql.execute(insert, &row).await {
            Err(error) if error.is_unique_violation() => {
                let why = "somebody has just registered this address: try once more";
                return Err(ApiError::new(409, "USER_EMAIL_TAKEN", why));
            }
            other => other?,
        };
        audit::record(self.p, sql, &id, "user.account.registered", &id, json!({ "by": "provider" })).await?;
        Ok(id)
    }
}

/// The account with that address, where a provider's word is enough to enter it.
async fn found<S: Sql>(sql: &S, address: &str) -> Result<Option<String>, ApiError> {
    let find = "SELECT id::text, email_verified_at IS NOT NULL, array_to_json(roles)::text FROM users \
        WHERE email = $1::text FOR UPDATE";
    let Some(row) = sql.query_opt(find, &[address.into()]).await? else { return Ok(None) };
    // Else whoever registers an address that is not theirs would share an account with its owner.
    if !row.bool(1)? {
        let why = "an account with your address is here whose address was never proved: prove it by mail, or reset its \
                   password, and try again";
        return Err(ApiError::new(409, "AUTH_PROVIDER_ACCOUNT_UNPROVED", why));
    }
    // Else who may name a provider could be anyone, the owner too.
    let roles: Vec<String> =
        serde_json::from_str(row.text(2)?).map_err(|e| aw_platform::Error::internal(e.to_string()))?;
    if roles.iter().any(|role| KEEPERS.contains(&role.as_str())) {
        let why = "an owner's or admin's account is not entered by a provider's word: log in with your password";
        return Err(ApiError::new(403, "AUTH_PROVIDER_ACCOUNT_KEPT", why));
    }
    Ok(Some(row.text(0)?.to_owned()))
}
