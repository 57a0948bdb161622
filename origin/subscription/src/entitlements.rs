//! What a reader may read, derived from the ledger: subscriptions, purchases, gifts and comps.

use aw_origin_data::{audit, revocations};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt, Value};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::ask::at;

/// How long after the end of its period a subscription still entitles that is to go on: its renewal takes a while, and
/// what tells of it may be late.
const LATE_DAYS: i64 = 3;
/// The most books that a reader can own: they travel in every token, and a token is a header.
pub(crate) const MOST_BOOKS: i64 = 60;

/// What the ledger says, with the time until which it does.
const HELD: &str = "\
    WITH held AS ( \
        SELECT s.grants AS entitlement, CASE \
            WHEN s.status = 'past_due' THEN to_timestamp(s.period_start) + interval '1 day' * \
                coalesce((SELECT grace_days FROM payment_provider), 7) \
            WHEN s.cancel_at_period_end THEN to_timestamp(s.period_end) \
            ELSE to_timestamp(s.period_end) + interval '1 day' * $2::bigint END AS until \
        FROM subscriptions s WHERE s.user_id = $1::text::uuid AND s.grants IS NOT NULL \
            AND s.status IN ('active', 'trialing', 'past_due') \
            AND NOT coalesce((SELECT is_lost(i.payment) FROM invoices i WHERE i.subscription = s.id \
                AND i.status = 'paid' AND i.paid > 0 ORDER BY i.created DESC, i.id LIMIT 1), false) \
        UNION ALL SELECT p.grants, 'infinity' FROM purchases p WHERE p.user_id = $1::text::uuid AND NOT p.gift \
            AND NOT is_lost(p.payment) \
        UNION ALL SELECT c.grants, coalesce(c.until, 'infinity') FROM comps c \
            WHERE c.user_id = $1::text::uuid AND c.revoked_at IS NULL \
        UNION ALL SELECT g.grants, coalesce(g.redeemed_at + interval '1 month' * g.months, 'infinity') FROM gifts g \
            WHERE g.redeemed_by = $1::text::uuid AND g.revoked_at IS NULL \
            AND NOT is_lost(g.payment)) \
    SELECT entitlement, (extract(epoch FROM nullif(max(until), 'infinity')) * 1000)::bigint FROM held \
    WHERE until > now() GROUP BY entitlement ORDER BY entitlement";

/// An entitlement of a reader's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Held {
    /// `tier:SLUG` or `book:ID`.
    pub(crate) entitlement: String,
    /// Until when, where nothing else comes; null: for ever.
    pub(crate) expires_at: Option<String>,
}

/// Locks a reader's account, so that of two who derive the second sees what the first did. Gives whether it was
/// deleted; `None` where there never was such an account.
pub(crate) async fn lock<S: Sql>(sql: &S, user: &str) -> Result<Option<bool>> {
    // Those who have written a row of this account's hold a share of its key, which a stronger lock would wait for.
    let statement = "SELECT deleted_at IS NOT NULL FROM users WHERE id = $1::text::uuid FOR NO KEY UPDATE";
    sql.query_opt(statement, &[user.into()]).await?.map(|row| row.bool(0)).transpose()
}

/// Derives what a reader may read, in the transaction that changed the ledger. Gives whether something was lost: then
/// all of the reader's tokens are void, so that it is lost at once, and the edges have to hear of it.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn derive<P: Platform, S: Sql>(p: &P, sql: &S, user: &str, actor: &str) -> Result<bool> {
    if lock(sql, user).await?.is_none() {
        return Ok(false);
    }
    let now: Vec<(String, Option<i64>)> = pairs(sql.query(HELD, &[user.into(), LATE_DAYS.into()]).await?)?;
    let statement = "SELECT entitlement, (extract(epoch FROM expires_at) * 1000)::bigint FROM derived_entitlements \
        WHERE user_id = $1::text::uuid ORDER BY entitlement";
    let before = pairs(sql.query(statement, &[user.into()]).await?)?;
    if now == before {
        return Ok(false);
    }
    let delete = "DELETE FROM derived_entitlements WHERE user_id = $1::text::uuid";
    sql.execute(delete, &[user.into()]).await?;
    let rows: Vec<_> = now.iter().map(|(name, until)| json!({ "name": name, "until": until })).collect();
    let insert = "INSERT INTO derived_entitlements (user_id, entitlement, expires_at) \
        SELECT $1::text::uuid, name, to_timestamp(until / 1000.0) \
        FROM jsonb_to_recordset($2::text::jsonb) AS x(name text, until bigint)";
    sql.execute(insert, &[user.into(), json!(rows).to_string().into()]).await?;
    let names = |all: &[(String, Option<i64>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (old, new) = (names(&before), names(&now));
    if old != new {
        let details = json!({ "before": old, "after": new });
        audit::record(p, sql, actor, "subscription.entitlements.changed", user, details).await?;
    }
    let lost = old.iter().any(|name| !new.contains(name));
    if lost {
        let seconds = i64::try_from(p.now() / 1000).unwrap_or(i64::MAX);
        let void = "UPDATE users SET tokens_void_until = greatest(tokens_void_until, $2::bigint) \
            WHERE id = $1::text::uuid";
        sql.execute(void, &[user.into(), Value::Int(seconds)]).await?;
        revocations::publish(sql).await?;
    }
    Ok(lost)
}

fn pairs(rows: Vec<aw_platform::Row>) -> Result<Vec<(String, Option<i64>)>> {
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int_opt(1)?))).collect()
}

/// One entitlement of a reader's, which is there.
pub(crate) async fn held<S: Sql>(sql: &S, user: &str, name: &str) -> Result<Held, ApiError> {
    let found = all(sql, user).await?.into_iter().find(|held| held.entitlement == name);
    Ok(found.unwrap_or_else(|| Held { entitlement: name.to_owned(), expires_at: None }))
}

/// What a reader may read by the ledger.
pub(crate) async fn all<S: Sql>(sql: &S, user: &str) -> Result<Vec<Held>> {
    let statement = "SELECT entitlement, (extract(epoch FROM expires_at) * 1000)::bigint FROM derived_entitlements \
        WHERE user_id = $1::text::uuid AND coalesce(expires_at > now(), true) ORDER BY entitlement";
    let rows = sql.query(statement, &[user.into()]).await?;
    rows.iter()
        .map(|row| Ok(Held { entitlement: row.text(0)?.to_owned(), expires_at: row.int_opt(1)?.map(at) }))
        .collect()
}
