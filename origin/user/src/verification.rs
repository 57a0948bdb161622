//! Proving an address: the link that is mailed when an account is made, and again when it is asked for.

use aw_origin_data::{ask::Ask, audit};
use aw_platform::{ApiError, Platform, Response, Result, Sql, SqlExt, SqlPlatform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    account::{self, Account, COLUMNS},
    letters::Press,
    link::{self, Purpose},
    session::Issuer,
    throttle::{self, Bucket},
    work,
};

/// What a mailed link carries.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LinkToken {
    /// The value of `token` in the link.
    pub(crate) token: String,
}

/// What has become of an address.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Proved {
    /// The account's address.
    pub(crate) email: String,
    /// Whether it is proved: true.
    pub(crate) email_verified: bool,
}

/// Where a mail goes.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Mailed {
    /// The address.
    pub(crate) email: String,
}

/// Mails the link, in the caller's transaction.
pub(crate) async fn send<P: Platform, S: Sql>(p: &P, sql: &S, press: Press<'_>, account: &Account) -> Result<()> {
    let token = link::issue(p, sql, &account.id, &account.email, Purpose::Verify).await?;
    aw_mail::queue(p, sql, &press.verify(account, &token)).await.map(drop)
}

/// `POST /v1/account/verification`: mails the link again, three times in a quarter of an hour.
pub(crate) async fn again<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let sql = ask.sql().await?;
    throttle::attempt(&sql, &[Bucket::mails(user)]).await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    let account = account::read(&sql, user).await?;
    if account.email_verified {
        return Err(ApiError::new(409, "USER_EMAIL_VERIFIED", "this address is proved already"));
    }
    sql.transaction(async |sql| send(ask.p, sql, issuer.press(), &account).await).await?;
    work::soon(ask);
    Ok(ask.data(202, Mailed { email: account.email }))
}

/// `POST /v1/auth/verify`: the link was followed.
pub(crate) async fn verify<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let LinkToken { token } = ask.json()?;
    let sql = ask.sql().await?;
    let account = sql
        .transaction(async |sql| {
            let link = link::take(sql, &token, Purpose::Verify).await?;
            // An address that was changed meanwhile is not the one that was proved.
            let update = format!(
                "UPDATE users u SET email_verified_at = coalesce(u.email_verified_at, now()), version = u.version + 1, \
                 updated_at = now() WHERE u.id = $1::text::uuid AND u.email = $2::text AND u.deleted_at IS NULL \
                 RETURNING {COLUMNS}"
            );
            let row = sql.query_opt(&update, &[(&link.user).into(), (&link.email).into()]).await?;
            let account = Account::from_row(&row.ok_or_else(account::not_found)?, 0)?;
            audit::record(ask.p, sql, &account.id, "user.email.verified", &account.id, json!({})).await?;
            Ok::<_, ApiError>(account)
        })
        .await?;
    Ok(ask.data(200, Proved { email: account.email, email_verified: true }))
}
