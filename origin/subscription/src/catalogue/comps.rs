//! Comps: what a reader is given without paying, by staff.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::plans::sellable;
use crate::{
    ask::{Ask, at, missing},
    checks, entitlements,
};

const INVALID: &str = "SUBSCRIPTION_COMP_INVALID";

/// A comp.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comp {
    /// Its id.
    id: String,
    /// Whose it is.
    user_id: String,
    /// What it gives: `tier:SLUG` or `book:ID`.
    grants: String,
    /// Until when, RFC 3339; null: for ever.
    until: Option<String>,
    /// Why.
    reason: String,
    /// When it was taken back, RFC 3339.
    revoked_at: Option<String>,
    /// When it was made, RFC 3339.
    created_at: String,
    #[serde(skip)]
    version: i64,
}

/// A comp to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewComp {
    /// Whose it is to be: an account's id.
    #[schemars(length(equal = 36))]
    user_id: String,
    /// `tier:SLUG` of a tier that there is, or `book:ID` of a book that there is.
    #[schemars(regex(pattern = r"^(tier:[a-z0-9-]{1,40}|book:[0-9a-f-]{36})$"))]
    grants: String,
    /// Until when, RFC 3339 in UTC; without it for ever.
    until: Option<String>,
    /// Why.
    #[serde(default)]
    #[schemars(length(max = 500))]
    reason: String,
}

const COLUMNS: &str = "id::text, user_id::text, grants, (extract(epoch FROM until) * 1000)::bigint, reason, \
    (extract(epoch FROM revoked_at) * 1000)::bigint, (extract(epoch FROM created_at) * 1000)::bigint, version";

impl Comp {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            user_id: row.text(1)?.to_owned(),
            grants: row.text(2)?.to_owned(),
            until: row.int_opt(3)?.map(at),
            reason: row.text(4)?.to_owned(),
            revoked_at: row.int_opt(5)?.map(at),
            created_at: at(row.int(6)?),
            version: row.int(7)?,
        })
    }
}

/// `/v1/comps` and `/v1/comps/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    match (ask.method(), path) {
        (&Method::GET, []) => {
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM comps WHERE $1::text IS NULL OR id > $1::text::uuid ORDER BY id LIMIT $2::bigint"
            );
            let rows = ask.sql().await?.query(&statement, &[page.after.into(), page.limit.into()]).await?;
            let comps: Vec<Comp> = rows.iter().map(Comp::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, comps, |comp| &comp.id))
        }
        (&Method::POST, []) => {
            let new: NewComp = ask.json()?;
            ask.create(async |sql| create(ask, sql, &new).await).await
        }
        (&Method::GET, [id]) => {
            let comp = find(&ask.sql().await?, id, "").await?;
            let version = comp.version;
            Ok(ask.versioned(200, comp, version))
        }
        (&Method::DELETE, [id]) => {
            revoke(ask, id, ask.expected()?).await?;
            Ok(aw_origin_data::answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn find<S: Sql>(sql: &S, id: &str, lock: &str) -> Result<Comp, ApiError> {
    let none = missing("SUBSCRIPTION_COMP_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let statement = format!("SELECT {COLUMNS} FROM comps WHERE id = $1::text::uuid {lock}");
    Ok(Comp::from_row(&sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?)?)
}

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, new: &NewComp) -> Result<Comp, ApiError> {
    let user = checks::id(INVALID, "userId", &new.user_id)?;
    let grants = checks::grants(INVALID, &new.grants)?;
    let until = new.until.as_deref().map(|t| checks::time(INVALID, "until", t)).transpose()?;
    let reason = checks::text(INVALID, "reason", &new.reason, 0..=500)?;
    sellable(sql, INVALID, &grants).await?;
    entitlements::lock(sql, &user).await?.ok_or_else(|| checks::invalid(INVALID, "there is no such account"))?;
    let id = uuid_v7(ask.p).to_string();
    let row: [Value; 5] = [(&id).into(), (&user).into(), (&grants).into(), until.into(), reason.into()];
    let insert = "INSERT INTO comps (id, user_id, grants, until, reason) \
        VALUES ($1::text::uuid, $2::text::uuid, $3::text, $4::text::timestamptz, $5::text)";
    sql.execute(insert, &row).await.map_err(checks::day(INVALID))?;
    audit::record(ask.p, sql, ask.actor(), "subscription.comp.created", &id, json!({ "grants": grants })).await?;
    entitlements::derive(ask.p, sql, &user, ask.actor()).await?;
    find(sql, &id, "").await
}

/// Takes a comp back: what it gave is lost at once.
async fn revoke<P: SqlPlatform>(ask: &Ask<'_, P>, id: &str, expected: Match) -> Result<(), ApiError> {
    let sql = ask.sql().await?;
    let void = sql
        .transaction(async |sql| {
            let comp = find(sql, id, "FOR UPDATE").await?;
            expected.check(comp.version)?;
            let update = "UPDATE comps SET revoked_at = coalesce(revoked_at, now()), version = version + 1 \
                WHERE id = $1::text::uuid";
            sql.execute(update, &[id.into()]).await?;
            audit::record(ask.p, sql, ask.actor(), "subscription.comp.revoked", id, json!({})).await?;
            Ok::<_, ApiError>(entitlements::derive(ask.p, sql, &comp.user_id, ask.actor()).await?)
        })
        .await?;
    if void {
        ask.push();
    }
    Ok(())
}
