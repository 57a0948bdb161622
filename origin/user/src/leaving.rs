//! Taking everything along, and going: the export of an account, and its deletion.

use aw_origin_data::{answer, ask::Ask, audit, revocations};
use aw_platform::{
    ApiError, Response, Result, Sql, SqlExt, SqlPlatform,
    http::{HeaderValue, header},
    rfc3339,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::{
    account::{self, Account},
    belongings, credentials,
    session::{self, End},
    throttle::{self, Bucket},
    users,
};

/// All that the tenant has of an account.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Export {
    account: Account,
    /// RFC 3339.
    exported_at: String,
    /// Rows by `TABLE.COLUMN`: those in which that column names the account. Digests and keys are left out.
    records: Map<String, Json>,
}

/// `GET /v1/account/export`.
pub(crate) async fn export<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let sql = ask.sql().await?;
    throttle::attempt(&sql, &[Bucket::exports(user)]).await?;
    let account = account::read(&sql, user).await?;
    let records = belongings::export(&sql, user).await?;
    audit::record(ask.p, &sql, user, "user.account.exported", user, json!({})).await?;
    let mut response = ask.data(200, Export { account, exported_at: rfc3339(ask.p.now()), records });
    let name = HeaderValue::from_static("attachment; filename=\"account.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// That it is meant.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Farewell {
    /// The account's password.
    password: String,
}

/// `POST /v1/account/deletion`: what belongs to the account goes; what must stay, such as invoices and who did what,
/// names an id of which nothing is known any more.
pub(crate) async fn delete<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    let farewell: Farewell = ask.json()?;
    let sql = ask.sql().await?;
    credentials::confirm(&sql, user, &farewell.password).await?;
    sql.transaction(async |sql| {
        // As where roles are changed: of two owners who go at once one stays.
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('users.roles'))", &[]).await?;
        let account = account::lock(sql, user).await?;
        if account.roles.iter().any(|role| role == "owner") {
            users::require_other_owner(sql, user).await?;
        }
        session::end_all(ask.p, sql, user, None, End::Deleted, user).await?;
        forget(sql, &account).await?;
        // No more is to be paid: the subscription service tells the provider, for as long as it takes.
        let end = "UPDATE subscriptions SET end_due = now() WHERE user_id = $1::text::uuid \
            AND status NOT IN ('canceled', 'incomplete_expired')";
        sql.execute(end, &[user.into()]).await?;
        let now = i64::try_from(ask.p.now() / 1000).unwrap_or(i64::MAX);
        let blank = "UPDATE users SET email = NULL, password_hash = NULL, display_name = 'Deleted account', \
            roles = '{}', entitlements = '{}', handle = NULL, bio = '', links = '[]', avatar = NULL, \
            preferences = '{}', email_verified_at = NULL, deleted_at = now(), version = version + 1, \
            updated_at = now(), tokens_void_until = greatest(tokens_void_until, $2::bigint) \
            WHERE id = $1::text::uuid";
        sql.execute(blank, &[user.into(), now.into()]).await?;
        audit::record(ask.p, sql, user, "user.account.deleted", user, json!({})).await?;
        revocations::publish(sql).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    ask.push();
    Ok(answer::nothing::<P>())
}

/// Deletes what belongs to the account, and its address wherever it is.
async fn forget<S: Sql>(sql: &S, account: &Account) -> Result<()> {
    let (id, email) = (account.id.as_str(), account.email.as_str());
    // Sessions stay, void, for as long as a token of theirs could be shown to an edge.
    for reference in belongings::references(sql).await?.iter().filter(|r| r.goes && r.table() != "sessions") {
        reference.delete(sql, id).await?;
    }
    let tokens = "DELETE FROM refresh_tokens t USING sessions s WHERE s.id = t.session AND s.user_id = $1::text::uuid";
    sql.execute(tokens, &[id.into()]).await?;
    let sessions = "UPDATE sessions SET user_agent = NULL, ip = NULL WHERE user_id = $1::text::uuid";
    sql.execute(sessions, &[id.into()]).await?;
    sql.execute("DELETE FROM mails WHERE address = $1::text", &[email.into()]).await?;
    sql.execute("DELETE FROM reset_requests WHERE email = $1::text", &[email.into()]).await?;
    let buckets = "DELETE FROM login_attempts WHERE right(bucket, length($1::text) + 1) = ':' || $1::text";
    sql.execute(buckets, &[email.into()]).await?;
    sql.execute(buckets, &[id.into()]).await?;
    // Answers that are kept to be given again.
    sql.execute("DELETE FROM idempotency WHERE caller = $1::text", &[id.into()]).await?;
    let trail = "UPDATE audit SET details = '{}' WHERE (actor = $1::text OR subject = $1::text) \
        AND position($2::text IN lower(details)) > 0";
    sql.execute(trail, &[id.into(), email.into()]).await.map(drop)
}
