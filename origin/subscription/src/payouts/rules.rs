//! Rules: who gets how much of what a tier or a book brings.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Error, Response, Row, Sql, SqlExt, SqlPlatform, http::Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at, missing},
    catalogue::plans::sellable,
    checks,
};

const INVALID: &str = "SUBSCRIPTION_PAYOUT_RULE_INVALID";

/// A share of what is earned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Share {
    /// Whose it is: an account's id; null is the press itself.
    pub(crate) payee: Option<String>,
    /// In proportion to the other shares.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) weight: i64,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    /// Of what: `tier:SLUG` or `book:ID`.
    grants: String,
    /// The shares.
    pub(crate) shares: Vec<Share>,
    /// When it was set, RFC 3339.
    updated_at: String,
    #[serde(skip)]
    version: i64,
}

/// A rule as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleBody {
    /// The shares: each payee once.
    #[schemars(length(min = 1, max = 50))]
    shares: Vec<Share>,
}

const COLUMNS: &str = "grants, shares, (extract(epoch FROM updated_at) * 1000)::bigint, version";

impl Rule {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        let shares = serde_json::from_str(row.text(1)?);
        Ok(Self {
            grants: row.text(0)?.to_owned(),
            shares: shares.map_err(|e| Error::internal(e.to_string()))?,
            updated_at: at(row.int(2)?),
            version: row.int(3)?,
        })
    }
}

/// `/v1/payout-rules` and `/v1/payout-rules/GRANTS`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    match (ask.method(), path) {
        (&Method::GET, [grants]) => {
            let rule =
                find(&ask.sql().await?, grants).await?.ok_or_else(missing("SUBSCRIPTION_PAYOUT_RULE_NOT_FOUND"))?;
            let version = rule.version;
            Ok(ask.versioned(200, rule, version))
        }
        (&Method::PUT, [grants]) => {
            let body: RuleBody = ask.json()?;
            let expected = Match::from_headers(ask.headers())?;
            let (rule, new) = put(ask, grants, expected, body).await?;
            let version = rule.version;
            Ok(ask.versioned(if new { 201 } else { 200 }, rule, version))
        }
        (_, [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// The rule of a tier or a book.
pub(super) async fn find<S: Sql>(sql: &S, grants: &str) -> Result<Option<Rule>, Error> {
    let statement = format!("SELECT {COLUMNS} FROM payout_rules WHERE grants = $1::text");
    sql.query_opt(&statement, &[grants.into()]).await?.map(|row| Rule::from_row(&row)).transpose()
}

async fn put<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    grants: &str,
    expected: Option<Match>,
    body: RuleBody,
) -> Result<(Rule, bool), ApiError> {
    let grants = checks::grants(INVALID, grants)?;
    if !(1..=50).contains(&body.shares.len()) {
        return Err(checks::invalid(INVALID, "a rule has 1 to 50 shares"));
    }
    let mut shares = Vec::new();
    for share in body.shares {
        checks::within(INVALID, "weight", share.weight, 1..=1_000_000)?;
        let payee = share.payee.map(|id| checks::id(INVALID, "payee", &id)).transpose()?;
        shares.push(Share { payee, weight: share.weight });
    }
    shares.sort_by(|a, b| a.payee.cmp(&b.payee));
    if shares.windows(2).any(|pair| pair[0].payee == pair[1].payee) {
        return Err(checks::invalid(INVALID, "a payee is named twice"));
    }
    let text = json!(shares).to_string();
    ask.sql()
        .await?
        .transaction(async |sql| {
            sellable(sql, INVALID, &grants).await?;
            let known = "SELECT count(*) FROM users WHERE id IN (SELECT (jsonb_array_elements($1::text::jsonb) ->> \
                'payee')::uuid)";
            let known = sql.query_opt(known, &[(&text).into()]).await?.map_or(Ok(0), |row| row.int(0))?;
            if usize::try_from(known) != Ok(shares.iter().filter(|share| share.payee.is_some()).count()) {
                return Err(checks::invalid(INVALID, "a payee has no account here"));
            }
            sql.execute("SELECT pg_advisory_xact_lock(hashtext('subscription.payouts'))", &[]).await?;
            let there = find(sql, &grants).await?;
            match (&there, expected) {
                (Some(rule), Some(expected)) => expected.check(rule.version)?,
                (Some(_), None) => drop(ask.expected()?),
                (None, Some(expected)) => expected.check(0)?,
                (None, None) => {}
            }
            let upsert = "INSERT INTO payout_rules AS r (grants, shares) VALUES ($1::text, $2::text) \
                ON CONFLICT (grants) DO UPDATE SET shares = excluded.shares, version = r.version + 1, updated_at = now()";
            sql.execute(upsert, &[(&grants).into(), (&text).into()]).await?;
            audit::record(ask.p, sql, ask.actor(), "subscription.payout-rule.put", &grants, json!(shares)).await?;
            let rule = find(sql, &grants).await?.ok_or_else(|| Error::internal("a rule was kept and is not"))?;
            Ok((rule, there.is_none()))
        })
        .await
}
