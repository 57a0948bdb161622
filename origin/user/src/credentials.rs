//! Changing what an account is logged into with: its password and its address.

use aw_origin_data::{answer, ask::Ask, audit};
use aw_platform::{ApiError, Response, Result, Sql, SqlExt, SqlPlatform};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::{
    account::{self, Account},
    email,
    link::{self, Purpose},
    password,
    session::{self, End, Issuer},
    throttle::{self, Bucket},
    verification::{LinkToken, Mailed, Proved},
    work,
};

/// A change of password.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordChange {
    current_password: String,
    /// 10 to 1024 characters.
    #[schemars(length(min = 10, max = 1024))]
    new_password: String,
}

/// A change of address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChange {
    /// The new address.
    #[schemars(length(min = 3, max = 254))]
    email: String,
    /// The account's password.
    password: String,
}

/// The account, where `given` is its password. A guess is counted as one at a login is.
///
/// # Errors
/// 403 `USER_PASSWORD_WRONG`; 429.
pub(crate) async fn confirm<S: Sql>(sql: &S, user: &str, given: &str) -> Result<Account, ApiError> {
    let account = account::read(sql, user).await?;
    let buckets = [Bucket::account(&account.email)];
    throttle::attempt(sql, &buckets).await?;
    let find = "SELECT password_hash FROM users WHERE id = $1::text::uuid";
    let row = sql.query_opt(find, &[user.into()]).await?;
    let hash = row.as_ref().map(|row| row.text_opt(0)).transpose()?.flatten();
    if given.len() > 4096 || !password::verify(given, hash)? {
        return Err(ApiError::new(403, "USER_PASSWORD_WRONG", "the password is wrong"));
    }
    throttle::forgive(sql, &buckets).await?;
    Ok(account)
}

/// `PUT /v1/account/password`: ends every other session.
pub(crate) async fn change_password<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let change: PasswordChange = ask.json()?;
    password::check(&change.new_password)?;
    let sql = ask.sql().await?;
    let account = confirm(&sql, user, &change.current_password).await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    let hash = password::hash(ask.p, &change.new_password)?;
    sql.transaction(async |sql| {
        let update = "UPDATE users SET password_hash = $2::text, version = version + 1, updated_at = now() \
            WHERE id = $1::text::uuid AND deleted_at IS NULL";
        sql.execute(update, &[user.into(), hash.into()]).await?;
        link::void(sql, user, Purpose::Reset).await?;
        audit::record(ask.p, sql, user, "user.password.changed", user, json!({})).await?;
        aw_mail::queue(ask.p, sql, &issuer.press().password_changed(&account)).await?;
        session::end_all(ask.p, sql, user, ask.caller.session.as_deref(), End::Password, user).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    ask.push();
    work::soon(ask);
    Ok(answer::nothing::<P>())
}

/// `POST /v1/account/email`: mails a link to the new address, which becomes the account's when it is followed.
pub(crate) async fn change_email<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let change: EmailChange = ask.json()?;
    let email = email::normalised(&change.email)?;
    let sql = ask.sql().await?;
    throttle::attempt(&sql, &[Bucket::mails(user)]).await?;
    let account = confirm(&sql, user, &change.password).await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    let there = "SELECT 1::bigint FROM users WHERE email = $1::text";
    if sql.query_opt(there, &[(&email).into()]).await?.is_some() {
        return Err(taken());
    }
    sql.transaction(async |sql| {
        // The last address that was asked for is the one that is meant.
        link::void(sql, user, Purpose::Email).await?;
        let token = link::issue(ask.p, sql, user, &email, Purpose::Email).await?;
        aw_mail::queue(ask.p, sql, &issuer.press().change_email(&account, &email, &token)).await?;
        audit::record(ask.p, sql, user, "user.email.change-requested", user, json!({})).await
    })
    .await?;
    work::soon(ask);
    Ok(ask.data(202, Mailed { email }))
}

/// `POST /v1/auth/email/confirm`: the link was followed. The old address is told.
pub(crate) async fn confirm_email<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let LinkToken { token } = ask.json()?;
    let sql = ask.sql().await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    let email = sql
        .transaction(async |sql| {
            let link = link::take(sql, &token, Purpose::Email).await?;
            let lock = "SELECT email FROM users \
                WHERE id = $1::text::uuid AND deleted_at IS NULL FOR UPDATE";
            let row = sql.query_opt(lock, &[(&link.user).into()]).await?.ok_or_else(account::not_found)?;
            let update = "UPDATE users SET email = $2::text, email_verified_at = now(), version = version + 1, \
                updated_at = now() WHERE id = $1::text::uuid";
            match sql.execute(update, &[(&link.user).into(), (&link.email).into()]).await {
                Err(error) if error.is_unique_violation() => return Err(taken()),
                other => other?,
            };
            // What was mailed to the old address opens nothing any more.
            link::void(sql, &link.user, Purpose::Reset).await?;
            link::void(sql, &link.user, Purpose::Verify).await?;
            aw_mail::queue(ask.p, sql, &issuer.press().email_changed(&link.user, row.text(0)?)).await?;
            audit::record(ask.p, sql, &link.user, "user.email.changed", &link.user, json!({})).await?;
            Ok::<_, ApiError>(link.email)
        })
        .await?;
    work::soon(ask);
    Ok(ask.data(200, Proved { email, email_verified: true }))
}

fn taken() -> ApiError {
    ApiError::new(409, "USER_EMAIL_TAKEN", "there is an account with this address already")
}
