//! Tiers: what readers subscribe to, by the slug in the access rules of chapters.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at, missing},
    checks,
};

const INVALID: &str = "SUBSCRIPTION_TIER_INVALID";
/// More would be no choice but a maze.
const MOST: usize = 50;

/// A tier.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tier {
    /// As in the access rule `tier:SLUG`.
    slug: String,
    /// The name shown to readers.
    name: String,
    /// What it is, in plain text.
    description: String,
    /// Its place in lists, the lowest first.
    position: i64,
    /// When it was made, RFC 3339.
    created_at: String,
    /// When it was changed last, RFC 3339.
    updated_at: String,
    #[serde(skip)]
    version: i64,
}

/// A tier to be, or as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TierBody {
    /// The name shown to readers.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What it is, in plain text.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    description: String,
    /// Its place in lists, the lowest first.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1000))]
    position: i64,
}

const COLUMNS: &str = "slug, name, description, position, (extract(epoch FROM created_at) * 1000)::bigint, \
    (extract(epoch FROM updated_at) * 1000)::bigint, version";

impl Tier {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            slug: row.text(0)?.to_owned(),
            name: row.text(1)?.to_owned(),
            description: row.text(2)?.to_owned(),
            position: row.int(3)?,
            created_at: at(row.int(4)?),
            updated_at: at(row.int(5)?),
            version: row.int(6)?,
        })
    }
}

/// `/v1/tiers` and `/v1/tiers/SLUG`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (ask.method(), path) {
        (&Method::GET, []) => Ok(ask.data(200, list(&ask.sql().await?).await?)),
        (&Method::GET, [slug]) => {
            let tier = find(&ask.sql().await?, slug, "").await?;
            let version = tier.version;
            Ok(ask.versioned(200, tier, version))
        }
        (&Method::PUT, [slug]) => {
            ask.keeper()?;
            let body: TierBody = ask.json()?;
            let expected = Match::from_headers(ask.headers())?;
            let (tier, new) = put(ask, &ask.sql().await?, slug, expected, &body).await?;
            let version = tier.version;
            Ok(ask.versioned(if new { 201 } else { 200 }, tier, version))
        }
        (&Method::DELETE, [slug]) => {
            ask.keeper()?;
            remove(ask, &ask.sql().await?, slug, ask.expected()?).await?;
            Ok(aw_origin_data::answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn list<S: Sql>(sql: &S) -> Result<Vec<Tier>, ApiError> {
    let rows = sql.query(&format!("SELECT {COLUMNS} FROM tiers ORDER BY position, slug"), &[]).await?;
    Ok(rows.iter().map(Tier::from_row).collect::<Result<_, _>>()?)
}

async fn find<S: Sql>(sql: &S, slug: &str, lock: &str) -> Result<Tier, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM tiers WHERE slug = $1::text {lock}");
    let row = sql.query_opt(&statement, &[slug.into()]).await?;
    Ok(Tier::from_row(&row.ok_or_else(missing("SUBSCRIPTION_TIER_NOT_FOUND"))?)?)
}

/// Makes a tier, or changes the one of the version that is expected; gives whether it is new.
async fn put<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    slug: &str,
    expected: Option<Match>,
    body: &TierBody,
) -> Result<(Tier, bool), ApiError> {
    if slug.len() > 40 || !aw_model::slug::is_slug(slug) {
        return Err(checks::invalid(INVALID, "a tier's slug is 1 to 40 of a-z 0-9 -"));
    }
    let row: [Value; 4] = [
        slug.into(),
        checks::text(INVALID, "name", &body.name, 1..=100)?.into(),
        checks::text(INVALID, "description", &body.description, 0..=2000)?.into(),
        checks::within(INVALID, "position", body.position, 0..=1000)?.into(),
    ];
    sql.transaction(async |sql| {
        // Of two who make the fiftieth, one does.
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('subscription.tiers'))", &[]).await?;
        let there = match find(sql, slug, "FOR UPDATE").await {
            Ok(tier) => Some(tier),
            Err(error) if error.status() == 404 => None,
            Err(error) => return Err(error),
        };
        match (&there, expected) {
            (Some(tier), Some(expected)) => expected.check(tier.version)?,
            // To replace what one has not seen is a mistake; to make what is not there is not.
            (Some(_), None) => drop(ask.expected()?),
            (None, Some(expected)) => expected.check(0)?,
            (None, None) => {}
        }
        if there.is_none() && list(sql).await?.len() >= MOST {
            return Err(ApiError::new(409, "SUBSCRIPTION_TIERS_TOO_MANY", format!("there are {MOST} tiers already")));
        }
        let upsert = "INSERT INTO tiers AS t (slug, name, description, position) \
            VALUES ($1::text, $2::text, $3::text, $4::bigint) ON CONFLICT (slug) DO UPDATE SET name = excluded.name, \
                description = excluded.description, position = excluded.position, version = t.version + 1, \
                updated_at = now()";
        sql.execute(upsert, &row).await?;
        audit::record(ask.p, sql, ask.actor(), "subscription.tier.put", slug, json!({})).await?;
        Ok((find(sql, slug, "").await?, there.is_none()))
    })
    .await
}

/// Removes a tier that no plan sells.
async fn remove<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, slug: &str, expected: Match) -> Result<(), ApiError> {
    sql.transaction(async |sql| {
        let tier = find(sql, slug, "FOR UPDATE").await?;
        expected.check(tier.version)?;
        let grants = format!("tier:{slug}");
        let sold = "SELECT 1::bigint FROM plans WHERE grants = $1::text LIMIT 1";
        if sql.query_opt(sold, &[grants.into()]).await?.is_some() {
            return Err(ApiError::new(409, "SUBSCRIPTION_TIER_SOLD", "plans sell this tier: it cannot go"));
        }
        sql.execute("DELETE FROM tiers WHERE slug = $1::text", &[slug.into()]).await?;
        audit::record(ask.p, sql, ask.actor(), "subscription.tier.removed", slug, json!({})).await?;
        Ok(())
    })
    .await
}
