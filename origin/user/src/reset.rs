//! A forgotten password.
//!
//! Who asks is answered before anybody has looked whether there is such an account: the address is written down, the
//! same for all, and looked up by the worker. So neither the answer nor its time tells.

use aw_origin_data::{answer, ask::Ask, audit};
use aw_platform::{ApiError, Platform, Response, Result, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    account::{self, Account, COLUMNS},
    email,
    letters::Press,
    link::{self, Purpose},
    password,
    session::{self, End, Issuer},
    throttle::{self, Bucket},
    work,
};

/// How many requests one run looks up in one tenant.
const LOOKED_UP: usize = 100;

/// Who has forgotten.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Forgotten {
    /// The account's address.
    #[schemars(length(min = 3, max = 254))]
    email: String,
}

/// That somebody has asked.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Accepted {
    accepted: bool,
}

/// A new password, by link.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NewPassword {
    /// The value of `token` in the link.
    token: String,
    /// 10 to 1024 characters.
    #[schemars(length(min = 10, max = 1024))]
    password: String,
}

/// `POST /v1/auth/password/forgot`: 202, whoever it is.
pub(crate) async fn forgot<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let Forgotten { email } = ask.json()?;
    let email = email::normalised(&email)?;
    let sql = ask.sql().await?;
    let mut buckets = vec![Bucket::resets(&email)];
    buckets.extend(ask.caller.client_ip.map(Bucket::address));
    throttle::attempt(&sql, &buckets).await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    let Press { name, base_url } = issuer.press();
    let row: [Value; 4] = [uuid_v7(ask.p).into(), email.into(), base_url.into(), name.into()];
    let insert = "INSERT INTO reset_requests (id, email, base_url, press) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text)";
    sql.execute(insert, &row).await?;
    work::soon(ask);
    Ok(ask.data(202, Accepted { accepted: true }))
}

/// Looks up who has asked, and mails the link to those who are there.
pub(crate) async fn drain<P: Platform, S: Sql>(p: &P, sql: &S) -> Result<()> {
    for _ in 0..LOOKED_UP {
        if !sql.transaction(async |sql| one(p, sql).await).await? {
            break;
        }
    }
    Ok(())
}

/// Whether there was one.
async fn one<P: Platform, S: Sql>(p: &P, sql: &S) -> Result<bool> {
    let take = "DELETE FROM reset_requests WHERE id = (SELECT id FROM reset_requests ORDER BY id LIMIT 1 \
        FOR UPDATE SKIP LOCKED) RETURNING email, base_url, press, created_at > now() - interval '1 hour'";
    let Some(request) = sql.query_opt(take, &[]).await? else { return Ok(false) };
    let find = format!(
        "SELECT {COLUMNS} FROM users u WHERE u.email = $1::text AND u.suspended_at IS NULL AND u.deleted_at IS NULL"
    );
    let row = sql.query_opt(&find, &[request.text(0)?.into()]).await?;
    if let Some(row) = row.filter(|_| request.bool(3).unwrap_or_default()) {
        let account = Account::from_row(&row, 0)?;
        let token = link::issue(p, sql, &account.id, &account.email, Purpose::Reset).await?;
        let press = Press { name: request.text(2)?, base_url: request.text(1)? };
        aw_mail::queue(p, sql, &press.reset(&account, &token)).await?;
    }
    Ok(true)
}

/// `POST /v1/auth/password/reset`: sets the password and ends every session. Who has the link reads the mail, so the
/// address is proved too.
pub(crate) async fn reset<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let new: NewPassword = ask.json()?;
    password::check(&new.password)?;
    let sql = ask.sql().await?;
    let buckets: Vec<Bucket> = ask.caller.client_ip.map(Bucket::address).into_iter().collect();
    throttle::attempt(&sql, &buckets).await?;
    let issuer = Issuer::find(ask.secrets, &sql, ask.caller).await?;
    // A hash takes its time, and is not made for those who guess.
    link::check(&sql, &new.token, Purpose::Reset).await?;
    let hash = password::hash(ask.p, &new.password)?;
    sql.transaction(async |sql| {
        let link = link::take(sql, &new.token, Purpose::Reset).await?;
        let update = format!(
            "UPDATE users u SET password_hash = $3::text, version = u.version + 1, updated_at = now(), \
             email_verified_at = coalesce(u.email_verified_at, now()) WHERE u.id = $1::text::uuid \
             AND u.email = $2::text AND u.deleted_at IS NULL RETURNING {COLUMNS}"
        );
        let row = sql.query_opt(&update, &[(&link.user).into(), (&link.email).into(), hash.into()]).await?;
        let account = Account::from_row(&row.ok_or_else(account::not_found)?, 0)?;
        audit::record(ask.p, sql, &account.id, "user.password.reset", &account.id, json!({})).await?;
        aw_mail::queue(ask.p, sql, &issuer.press().password_changed(&account)).await?;
        session::end_all(ask.p, sql, &account.id, None, End::Password, &account.id).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    // Those who guessed before did not guess this one.
    throttle::forgive(&sql, &buckets).await?;
    ask.push();
    work::soon(ask);
    Ok(answer::nothing::<P>())
}
