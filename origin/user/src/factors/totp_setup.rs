//! Codes of an app: set up, confirmed, used, given up.

use aw_platform::{ApiError, Error, Result, Sql, SqlExt, SqlPlatform, Value};
use aw_trust::sealed;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    enter::account,
    notice::{self, Change},
    qr,
    recovery::{self, RecoveryCodes},
    secret::random,
    totp,
    visit::Visit,
};
use crate::{
    password,
    session::Issuer,
    throttle::{self, Bucket},
};

/// A secret to put into an app, shown this once. It counts once a code of it has been sent to `confirm`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NewTotp {
    /// Base32, for typing.
    secret: String,
    /// `otpauth://totp/…`
    uri: String,
    /// The same as a QR code: an SVG document.
    qr: Option<String>,
}

/// A code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    /// Six digits; spaces are left out.
    #[schemars(length(min = 6, max = 16))]
    code: String,
}

/// Who gives up codes proves again who they are, by one of these.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Disabling {
    /// The account's password.
    #[schemars(length(max = 4096))]
    password: Option<String>,
    /// Six digits.
    #[schemars(length(max = 16))]
    code: Option<String>,
}

fn context(tenant: &str, user: &str) -> String {
    format!("totp {tenant} {user}")
}

pub(super) fn wrong() -> ApiError {
    ApiError::new(422, "AUTH_TOTP_WRONG", "that is not the code now, or it was used before: wait for the next one")
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `POST /v1/auth/factors/totp`: a new secret, in place of one that was never confirmed.
    pub(super) async fn totp_begin(&self) -> Result<NewTotp, ApiError> {
        let user = self.fresh_user().await?;
        let account = account(&self.sql, user).await?;
        let issuer = Issuer::find(self.secrets, &self.sql, self.caller).await?;
        let secret = random::<P, { totp::SECRET }>(self.p);
        let sealed = sealed::seal(self.secrets.vault(), &context(self.tenant, user), &secret, random(self.p));
        let insert = "INSERT INTO totp_secrets AS t (user_id, sealed) VALUES ($1::text::uuid, $2::bytea) \
            ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = now() \
            WHERE t.confirmed_at IS NULL";
        if self.sql.execute(insert, &[user.into(), Bytes::from(sealed).into()]).await? == 0 {
            let why = "this account is asked for codes already: disable them first";
            return Err(ApiError::new(409, "AUTH_TOTP_ENABLED", why));
        }
        let uri = totp::uri(&issuer.host().name, &account.email, &secret);
        Ok(NewTotp { secret: totp::base32(&secret), qr: qr::svg(&uri), uri })
    }

    /// `POST /v1/auth/factors/totp/confirm`: from now on codes are asked for.
    pub(super) async fn totp_confirm(&self, given: Code) -> Result<RecoveryCodes, ApiError> {
        let user = self.fresh_user().await?;
        let code = totp::cleaned(&given.code).ok_or_else(wrong)?;
        let bucket = [Bucket::factor(user)];
        throttle::attempt(&self.sql, &bucket).await?;
        let codes = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            if !self.totp_take(sql, user, &code, false).await? {
                return Err(wrong());
            }
            let confirm = "UPDATE totp_secrets SET confirmed_at = now() WHERE user_id = $1::text::uuid";
            sql.execute(confirm, &[user.into()]).await?;
            notice::send(self.p, sql, user, Change::TotpEnabled, json!({})).await?;
            Ok(recovery::first(self.p, self.secrets, sql, user).await?)
        });
        let recovery_codes = codes.await?;
        throttle::forgive(&self.sql, &bucket).await?;
        Ok(RecoveryCodes { recovery_codes })
    }

    /// `POST /v1/auth/factors/totp/disable`.
    pub(super) async fn totp_disable(&self, proof: Disabling) -> Result<(), ApiError> {
        let user = self.user()?;
        if proof.password.is_some() == proof.code.is_some() {
            return Err(ApiError::new(422, "AUTH_PROOF_INVALID", "send the password or a code, and not both"));
        }
        let bucket = [Bucket::factor(user)];
        throttle::attempt(&self.sql, &bucket).await?;
        if let Some(given) = &proof.password {
            let find = "SELECT password_hash FROM users WHERE id = $1::text::uuid";
            let row = self.sql.query_opt(find, &[user.into()]).await?;
            let hash = row.as_ref().map(|row| row.text(0)).transpose()?;
            if given.len() > 4096 || !password::verify(given, hash)? {
                return Err(ApiError::new(422, "AUTH_PASSWORD_WRONG", "that is not this account's password"));
            }
        }
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            if let Some(given) = &proof.code {
                let code = totp::cleaned(given).ok_or_else(wrong)?;
                if !self.totp_take(sql, user, &code, true).await? {
                    return Err(wrong());
                }
            }
            let delete = "DELETE FROM totp_secrets WHERE user_id = $1::text::uuid AND confirmed_at IS NOT NULL";
            if sql.execute(delete, &[user.into()]).await? == 0 {
                return Err(ApiError::new(409, "AUTH_TOTP_DISABLED", "this account is not asked for codes"));
            }
            recovery::drop_without_factor(sql, user).await?;
            Ok(notice::send(self.p, sql, user, Change::TotpDisabled, json!({})).await?)
        });
        done.await?;
        Ok(throttle::forgive(&self.sql, &bucket).await?)
    }

    /// Takes a code of `user`, once; gives whether it was one. In a transaction, of a secret that is confirmed or not.
    pub(super) async fn totp_take(&self, sql: &P::Sql, user: &str, code: &str, confirmed: bool) -> Result<bool> {
        let find = "SELECT sealed FROM totp_secrets \
            WHERE user_id = $1::text::uuid AND (confirmed_at IS NOT NULL) = $2::boolean FOR UPDATE";
        let row = sql.query_opt(find, &[user.into(), confirmed.into()]).await?;
        let Some(row) = row else { return Ok(false) };
        let secret = sealed::open(self.secrets.vault(), &context(self.tenant, user), row.bytes(0)?);
        let secret = secret.ok_or_else(|| Error::internal("a TOTP secret does not open: was master-key changed?"))?;
        let Some(step) = totp::matching(&secret, code, self.p.now() / 1000) else { return Ok(false) };
        let step = Value::Int(i64::try_from(step).unwrap_or(i64::MAX));
        let update = "UPDATE totp_secrets SET last_step = $2::bigint \
            WHERE user_id = $1::text::uuid AND last_step < $2::bigint";
        Ok(sql.execute(update, &[user.into(), step]).await? == 1)
    }
}
