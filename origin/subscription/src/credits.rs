//! Credits for what is metered: granted by the press, spent by features, gone when they expire. No balance is ever
//! negative, however many spend at once: an account is locked by who moves something in it.

use aw_origin_data::audit;
use aw_platform::{ApiError, Error, Platform, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at},
    checks, entitlements,
    ledger::ACTOR,
};

const INVALID: &str = "SUBSCRIPTION_CREDITS_INVALID";
/// The names of what happens to them.
const GRANTED: &str = "subscription.credits.granted";
const SPENT: &str = "subscription.credits.spent";
const EXPIRED: &str = "subscription.credits.expired";
/// The most that is granted or spent at once.
const MOST: i64 = 1_000_000_000;

/// Credits to be granted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewGrant {
    /// Whose they are to be.
    #[schemars(length(equal = 36))]
    user_id: String,
    /// What they are for: a slug.
    #[schemars(regex(pattern = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"))]
    feature: String,
    /// How many.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    amount: i64,
    /// Until when they can be spent, RFC 3339 in UTC; without it for ever.
    expires_at: Option<String>,
    /// What they come from.
    #[serde(default)]
    #[schemars(length(max = 200))]
    reference: String,
}

/// Credits to be spent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewSpend {
    /// Whose they are.
    #[schemars(length(equal = 36))]
    user_id: String,
    /// What for: a slug.
    #[schemars(regex(pattern = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"))]
    feature: String,
    /// How many.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    amount: i64,
    /// What was done for them.
    #[serde(default)]
    #[schemars(length(max = 200))]
    reference: String,
}

/// A movement of credits.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Its id.
    id: String,
    /// Whose credits.
    user_id: String,
    /// What for.
    feature: String,
    /// `granted`, `spent` or `expired`.
    kind: String,
    /// How many: more than none where they were granted, fewer where they went.
    delta: i64,
    /// How many there were after it.
    balance: i64,
    /// What it was for.
    reference: String,
    /// When, RFC 3339.
    at: String,
}

/// A reader's credits for a feature.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Balance {
    /// What for.
    feature: String,
    /// How many can be spent now.
    balance: i64,
    /// When the next of them expire, RFC 3339.
    next_expiry: Option<String>,
}

const COLUMNS: &str = "id::text, user_id::text, feature, kind, delta, balance, reference, \
    (extract(epoch FROM at) * 1000)::bigint";

impl Entry {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            user_id: row.text(1)?.to_owned(),
            feature: row.text(2)?.to_owned(),
            kind: row.text(3)?.to_owned(),
            delta: row.int(4)?,
            balance: row.int(5)?,
            reference: row.text(6)?.to_owned(),
            at: at(row.int(7)?),
        })
    }
}

/// `/v1/credits/grants`, `/v1/credits/spends` and `/v1/credits/entries`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    match (ask.method(), path) {
        (&Method::POST, ["grants"]) => {
            let new: NewGrant = ask.json()?;
            ask.create(async |sql| grant(ask.p, sql, ask.actor(), &new).await).await
        }
        (&Method::POST, ["spends"]) => {
            let new: NewSpend = ask.json()?;
            ask.create(async |sql| {
                let account = account(&new.user_id, &new.feature)?;
                let reference = checks::text(INVALID, "reference", &new.reference, 0..=200)?;
                spend(ask.p, sql, ask.actor(), (&account.0, &account.1), new.amount, &reference).await
            })
            .await
        }
        (&Method::GET, ["entries"]) => {
            let page = ask.page()?;
            let user = ask.query("userId").map(|id| checks::id(INVALID, "userId", &id)).transpose()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM credit_entries WHERE ($1::text IS NULL OR id > $1::text::uuid) \
                 AND ($3::text IS NULL OR user_id = $3::text::uuid) ORDER BY id LIMIT $2::bigint"
            );
            let row: [Value; 3] = [page.after.into(), page.limit.into(), user.into()];
            let rows = ask.sql().await?.query(&statement, &row).await?;
            let entries: Vec<Entry> = rows.iter().map(Entry::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, entries, |entry| &entry.id))
        }
        (_, ["grants" | "spends" | "entries"]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// `GET /v1/me/credits`.
pub(crate) async fn mine<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    if ask.method() != Method::GET {
        return Err(ApiError::method_not_allowed());
    }
    let user = ask.reader()?;
    let statement = "SELECT feature, sum(remaining)::bigint, (extract(epoch FROM min(expires_at)) * 1000)::bigint \
        FROM credit_grants WHERE user_id = $1::text::uuid AND remaining > 0 AND coalesce(expires_at > now(), true) \
        GROUP BY feature ORDER BY feature LIMIT 200";
    let rows = ask.sql().await?.query(statement, &[user.into()]).await?;
    let balances = rows.iter().map(|row| {
        let next_expiry = row.int_opt(2)?.map(at);
        Ok(Balance { feature: row.text(0)?.to_owned(), balance: row.int(1)?, next_expiry })
    });
    Ok(ask.data(200, balances.collect::<aw_platform::Result<Vec<_>>>()?))
}

fn account(user: &str, feature: &str) -> Result<(String, String), ApiError> {
    let user = checks::id(INVALID, "userId", user)?;
    if feature.len() > 40 || !aw_model::slug::is_slug(feature) {
        return Err(checks::invalid(INVALID, "feature must be 1 to 40 of a-z 0-9 -"));
    }
    Ok((user, feature.to_owned()))
}

/// Locks an account, which is made where it is not there, and takes out what has expired; gives its balance.
async fn open<P: Platform, S: Sql>(p: &P, sql: &S, (user, feature): (&str, &str)) -> Result<i64, Error> {
    let make =
        "INSERT INTO credit_accounts (user_id, feature) VALUES ($1::text::uuid, $2::text) ON CONFLICT DO NOTHING";
    sql.execute(make, &[user.into(), feature.into()]).await?;
    let lock = "SELECT balance FROM credit_accounts WHERE user_id = $1::text::uuid AND feature = $2::text FOR UPDATE";
    let row = sql.query_opt(lock, &[user.into(), feature.into()]).await?;
    let mut balance = row.ok_or_else(|| Error::internal("an account was made and is not there"))?.int(0)?;
    let expire = "WITH gone AS (SELECT id, remaining FROM credit_grants WHERE user_id = $1::text::uuid \
            AND feature = $2::text AND remaining > 0 AND expires_at <= now() FOR UPDATE) \
        UPDATE credit_grants g SET remaining = 0 FROM gone WHERE g.id = gone.id RETURNING g.id::text, gone.remaining";
    for row in sql.query(expire, &[user.into(), feature.into()]).await? {
        let gone = -row.int(1)?;
        // By nobody's doing, like all that time brings.
        balance = note(p, sql, ACTOR, (user, feature), ("expired", EXPIRED), gone, row.text(0)?).await?.balance;
    }
    Ok(balance)
}

/// Moves the balance, and notes it, in the account and in the trail.
async fn note<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    actor: &str,
    (user, feature): (&str, &str),
    (kind, action): (&str, &'static str),
    delta: i64,
    reference: &str,
) -> Result<Entry, Error> {
    let row: [Value; 6] = [uuid_v7(p).into(), user.into(), feature.into(), kind.into(), delta.into(), reference.into()];
    let statement = format!(
        "WITH moved AS (UPDATE credit_accounts SET balance = balance + $5::bigint \
            WHERE user_id = $2::text::uuid AND feature = $3::text RETURNING balance) \
         INSERT INTO credit_entries (id, user_id, feature, kind, delta, balance, reference) \
         SELECT $1::text::uuid, $2::text::uuid, $3::text, $4::text, $5::bigint, balance, $6::text FROM moved \
         RETURNING {COLUMNS}"
    );
    let row = sql.query_opt(&statement, &row).await?;
    let entry = Entry::from_row(&row.ok_or_else(|| Error::internal("an account was locked and is not there"))?)?;
    let details = json!({ "entry": entry.id, "feature": feature, "delta": delta, "balance": entry.balance,
        "reference": reference });
    audit::record(p, sql, actor, action, user, details).await?;
    Ok(entry)
}

async fn grant<P: Platform, S: Sql>(p: &P, sql: &S, actor: &str, new: &NewGrant) -> Result<Entry, ApiError> {
    let (user, feature) = account(&new.user_id, &new.feature)?;
    checks::within(INVALID, "amount", new.amount, 1..=MOST)?;
    let expires = new.expires_at.as_deref().map(|t| checks::time(INVALID, "expiresAt", t)).transpose()?;
    let reference = checks::text(INVALID, "reference", &new.reference, 0..=200)?;
    entitlements::lock(sql, &user).await?.ok_or_else(|| checks::invalid(INVALID, "there is no such account"))?;
    let balance = open(p, sql, (&user, &feature)).await?;
    if balance > MOST * 1000 {
        return Err(checks::invalid(INVALID, "the account has more credits than anyone spends"));
    }
    let row: [Value; 5] = [uuid_v7(p).into(), (&user).into(), (&feature).into(), new.amount.into(), expires.into()];
    let insert = "INSERT INTO credit_grants (id, user_id, feature, amount, remaining, expires_at) \
        VALUES ($1::text::uuid, $2::text::uuid, $3::text, $4::bigint, $4::bigint, $5::text::timestamptz)";
    sql.execute(insert, &row).await.map_err(checks::day(INVALID))?;
    Ok(note(p, sql, actor, (&user, &feature), ("granted", GRANTED), new.amount, &reference).await?)
}

/// Spends credits in the caller's transaction, of what expires first.
///
/// # Errors
/// 402 `SUBSCRIPTION_CREDITS_INSUFFICIENT`, and nothing is spent.
pub(crate) async fn spend<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    actor: &str,
    (user, feature): (&str, &str),
    amount: i64,
    reference: &str,
) -> Result<Entry, ApiError> {
    checks::within(INVALID, "amount", amount, 1..=MOST)?;
    entitlements::lock(sql, user).await?.ok_or_else(|| checks::invalid(INVALID, "there is no such account"))?;
    if open(p, sql, (user, feature)).await? < amount {
        return Err(ApiError::new(402, "SUBSCRIPTION_CREDITS_INSUFFICIENT", "there are not that many credits left"));
    }
    let take = "UPDATE credit_grants g SET remaining = g.remaining - t.part FROM ( \
            SELECT id, least(remaining, greatest(0, $3::bigint - (sum(remaining) \
                OVER (ORDER BY expires_at NULLS LAST, id) - remaining)))::bigint AS part \
            FROM credit_grants WHERE user_id = $1::text::uuid AND feature = $2::text AND remaining > 0) AS t \
        WHERE g.id = t.id AND t.part > 0";
    sql.execute(take, &[user.into(), feature.into(), amount.into()]).await?;
    Ok(note(p, sql, actor, (user, feature), ("spent", SPENT), -amount, reference).await?)
}

/// Takes out what has expired, of up to `some` accounts; gives how many of them.
pub(crate) async fn expire<P: Platform, S: Sql>(p: &P, sql: &S, some: i64) -> Result<u64, Error> {
    let due = "SELECT DISTINCT user_id::text, feature FROM credit_grants WHERE remaining > 0 AND expires_at <= now() \
        LIMIT $1::bigint";
    let mut count = 0;
    for row in sql.query(due, &[some.into()]).await? {
        let account = (row.text(0)?, row.text(1)?);
        sql.transaction(async |sql| {
            // In the order in which those who spend take their locks.
            entitlements::lock(sql, account.0).await?;
            open(p, sql, account).await.map(drop)
        })
        .await?;
        count += 1;
    }
    Ok(count)
}
