//! Gifts: codes that somebody redeems for a tier, for some months, or for a book.

use aw_origin_data::{audit, idempotency, input::Match};
use aw_platform::{ApiError, Error, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use aw_trust::{refresh, vault};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::plans::sellable;
use crate::{
    ask::{Ask, at, missing},
    checks, entitlements,
    press::Press,
};

const INVALID: &str = "SUBSCRIPTION_GIFT_INVALID";

/// A gift.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gift {
    /// Its id.
    id: String,
    /// What it gives: `tier:SLUG` or `book:ID`.
    grants: String,
    /// For how many months from when it is redeemed; null: for ever.
    months: Option<i64>,
    /// For those who give it.
    note: String,
    /// Until when it can be redeemed, RFC 3339.
    expires_at: Option<String>,
    /// Who redeemed it, by the account's id.
    redeemed_by: Option<String>,
    /// When, RFC 3339.
    redeemed_at: Option<String>,
    /// When it was taken back, RFC 3339.
    revoked_at: Option<String>,
    /// When it was made, RFC 3339.
    created_at: String,
    /// What is redeemed; lists do not have it, nor has a gift whose code is not known here any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    code: Option<String>,
    #[serde(skip)]
    version: i64,
}

/// A gift to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewGift {
    /// `tier:SLUG` of a tier that there is, or `book:ID` of a book that there is.
    #[schemars(regex(pattern = r"^(tier:[a-z0-9-]{1,40}|book:[0-9a-f-]{36})$"))]
    grants: String,
    /// For how many months from when it is redeemed; without it for ever.
    #[schemars(range(min = 1, max = 36))]
    months: Option<i64>,
    /// For those who give it.
    #[serde(default)]
    #[schemars(length(max = 500))]
    note: String,
    /// Until when it can be redeemed, RFC 3339 in UTC.
    expires_at: Option<String>,
}

/// A code that is redeemed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redemption {
    /// As it was given; gaps, hyphens and small letters do not matter.
    #[schemars(length(min = 16, max = 64))]
    code: String,
}

const COLUMNS: &str = "id::text, grants, months, note, (extract(epoch FROM expires_at) * 1000)::bigint, \
    redeemed_by::text, (extract(epoch FROM redeemed_at) * 1000)::bigint, \
    (extract(epoch FROM revoked_at) * 1000)::bigint, (extract(epoch FROM created_at) * 1000)::bigint, version";

impl Gift {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            grants: row.text(1)?.to_owned(),
            months: row.int_opt(2)?,
            note: row.text(3)?.to_owned(),
            expires_at: row.int_opt(4)?.map(at),
            redeemed_by: row.text_opt(5)?.map(str::to_owned),
            redeemed_at: row.int_opt(6)?.map(at),
            revoked_at: row.int_opt(7)?.map(at),
            created_at: at(row.int(8)?),
            version: row.int(9)?,
            code: None,
        })
    }
}

/// `/v1/gifts`, `/v1/gifts/redemptions` and `/v1/gifts/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (ask.method(), path) {
        (&Method::POST, ["redemptions"]) => {
            let user = ask.reader()?.to_owned();
            let body: Redemption = ask.json()?;
            ask.create(async |sql| redeem(ask, sql, &user, &body.code).await).await
        }
        (_, ["redemptions"]) => Err(ApiError::method_not_allowed()),
        (&Method::GET, []) => {
            ask.keeper()?;
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM gifts WHERE $1::text IS NULL OR id > $1::text::uuid ORDER BY id LIMIT $2::bigint"
            );
            let rows = ask.sql().await?.query(&statement, &[page.after.into(), page.limit.into()]).await?;
            let gifts: Vec<Gift> = rows.iter().map(Gift::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, gifts, |gift| &gift.id))
        }
        (&Method::POST, []) => {
            ask.keeper()?;
            let new: NewGift = ask.json()?;
            let (once, sql) = (ask.once()?, ask.sql().await?);
            let done = idempotency::run(&sql, once.as_ref(), async |sql| Ok((201, create(ask, sql, &new).await?)));
            let (status, mut data) = done.await?;
            // Added to what is kept for a repeated request, and not kept.
            let id = data["id"].as_str().unwrap_or_default().to_owned();
            data["code"] = code(ask, &sql, &id).await?.into();
            Ok(ask.data(status, data))
        }
        (&Method::GET, [id]) => {
            ask.keeper()?;
            let sql = ask.sql().await?;
            let mut gift = find(&sql, id, "").await?;
            gift.code = code(ask, &sql, &gift.id).await?;
            let version = gift.version;
            Ok(ask.versioned(200, gift, version))
        }
        (&Method::DELETE, [id]) => {
            ask.keeper()?;
            revoke(ask, id, ask.expected()?).await?;
            Ok(aw_origin_data::answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// What a gift's code is made from, and what it is sealed as.
fn name(id: &str) -> String {
    format!("gift {id}")
}

/// A gift's code, opened; `None` where it is not known.
pub(crate) fn shown<P: SqlPlatform>(ask: &Ask<'_, P>, id: &str, sealed: Option<&str>) -> Result<Option<String>, Error> {
    let code = sealed.map(|sealed| ask.secrets.reveal(ask.tenant, &name(id), sealed)).transpose()?;
    Ok(code.filter(|code| !code.is_empty()))
}

/// The code of a gift that is there.
async fn code<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, id: &str) -> Result<Option<String>, Error> {
    let statement = "SELECT code_sealed FROM gifts WHERE id = $1::text::uuid";
    let row = sql.query_opt(statement, &[id.into()]).await?;
    shown(ask, id, row.as_ref().map(|row| row.text_opt(0)).transpose()?.flatten())
}

/// A new gift's code: what is kept of it to find it by, and what is kept to show it.
fn new_code<P: SqlPlatform>(press: Press<'_, P>, id: &str) -> Result<[Value; 2], Error> {
    let code = press.secrets.code(press.tenant, &name(id))?;
    Ok([hash(&code), press.secrets.conceal(press.p, press.tenant, &name(id), &code)?.into()])
}

/// Seals the codes of up to `some` gifts from before codes were sealed; gives of how many. A code that another
/// installation has made is not known here: only who has it knows it.
pub(crate) async fn seal<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql, some: i64) -> Result<u64, Error> {
    let open = "SELECT id::text FROM gifts WHERE code_sealed IS NULL LIMIT $1::bigint";
    let rows = sql.query(open, &[some.into()]).await?;
    for row in &rows {
        let id = row.text(0)?;
        let [hash, sealed] = new_code(press, id)?;
        let none = press.secrets.conceal(press.p, press.tenant, &name(id), "")?;
        let keep = "UPDATE gifts SET code_sealed = CASE WHEN code_hash = $2::bytea THEN $3::text ELSE $4::text END \
            WHERE id = $1::text::uuid AND code_sealed IS NULL";
        sql.execute(keep, &[id.into(), hash, sealed, none.into()]).await?;
    }
    Ok(rows.len() as u64)
}

/// What is kept of a code.
fn hash(code: &str) -> Value {
    Bytes::copy_from_slice(&refresh::hash(code)).into()
}

async fn find<S: Sql>(sql: &S, id: &str, lock: &str) -> Result<Gift, ApiError> {
    let none = missing("SUBSCRIPTION_GIFT_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let statement = format!("SELECT {COLUMNS} FROM gifts WHERE id = $1::text::uuid {lock}");
    Ok(Gift::from_row(&sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?)?)
}

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, new: &NewGift) -> Result<serde_json::Value, ApiError> {
    let grants = checks::grants(INVALID, &new.grants)?;
    sellable(sql, INVALID, &grants).await?;
    if let Some(months) = new.months {
        checks::within(INVALID, "months", months, 1..=36)?;
    }
    let expires = new.expires_at.as_deref().map(|t| checks::time(INVALID, "expiresAt", t)).transpose()?;
    let note = checks::text(INVALID, "note", &new.note, 0..=500)?;
    let id = uuid_v7(ask.p).to_string();
    let [hash, sealed] = new_code(ask.press(), &id)?;
    let row: [Value; 7] =
        [(&id).into(), hash, sealed, (&grants).into(), new.months.into(), note.into(), expires.into()];
    let insert = "INSERT INTO gifts (id, code_hash, code_sealed, grants, months, note, expires_at) \
        VALUES ($1::text::uuid, $2::bytea, $3::text, $4::text, $5::bigint, $6::text, $7::text::timestamptz)";
    sql.execute(insert, &row).await.map_err(checks::day(INVALID))?;
    let details = json!({ "grants": grants, "months": new.months });
    audit::record(ask.p, sql, ask.actor(), "subscription.gift.created", &id, details).await?;
    Ok(serde_json::to_value(find(sql, &id, "").await?).map_err(|e| Error::internal(e.to_string()))?)
}

/// The gift that a payment has bought, in the payment's transaction; one that is there stays.
pub(crate) async fn bought<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    (payment, user, grants): (&str, &str, &str),
    months: Option<i64>,
) -> Result<(), Error> {
    let id = uuid_v7(press.p).to_string();
    let [hash, sealed] = new_code(press, &id)?;
    let row: [Value; 7] = [(&id).into(), hash, sealed, grants.into(), months.into(), user.into(), payment.into()];
    let insert = "INSERT INTO gifts (id, code_hash, code_sealed, grants, months, bought_by, payment) \
        VALUES ($1::text::uuid, $2::bytea, $3::text, $4::text, $5::bigint, $6::text::uuid, $7::text) \
        ON CONFLICT (payment) DO NOTHING";
    sql.execute(insert, &row).await.map(drop)
}

async fn redeem<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    user: &str,
    code: &str,
) -> Result<entitlements::Held, ApiError> {
    let none = || ApiError::new(404, "SUBSCRIPTION_GIFT_NOT_FOUND", "there is no gift with this code");
    let code = vault::typed(code).ok_or_else(none)?;
    let statement = "SELECT id::text, redeemed_by::text, revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false) \
        OR is_lost(payment), grants \
        FROM gifts WHERE code_hash = $1::bytea FOR UPDATE";
    let row = sql.query_opt(statement, &[hash(&code)]).await?.ok_or_else(none)?;
    let (id, grants) = (row.text(0)?, row.text(3)?);
    if row.text_opt(1)?.is_some() {
        return Err(ApiError::new(409, "SUBSCRIPTION_GIFT_REDEEMED", "this gift was redeemed already"));
    }
    if row.bool(2)? {
        return Err(ApiError::new(409, "SUBSCRIPTION_GIFT_EXPIRED", "this gift can be redeemed no more"));
    }
    let update = "UPDATE gifts SET redeemed_by = $2::text::uuid, redeemed_at = now(), version = version + 1 \
        WHERE id = $1::text::uuid";
    sql.execute(update, &[id.into(), user.into()]).await?;
    audit::record(ask.p, sql, user, "subscription.gift.redeemed", id, json!({ "grants": grants })).await?;
    entitlements::derive(ask.p, sql, user, user).await?;
    entitlements::held(sql, user, grants).await
}

/// Takes a gift back, redeemed or not.
async fn revoke<P: SqlPlatform>(ask: &Ask<'_, P>, id: &str, expected: Match) -> Result<(), ApiError> {
    let sql = ask.sql().await?;
    let void = sql
        .transaction(async |sql| {
            let gift = find(sql, id, "FOR UPDATE").await?;
            expected.check(gift.version)?;
            let update = "UPDATE gifts SET revoked_at = coalesce(revoked_at, now()), version = version + 1 \
                WHERE id = $1::text::uuid";
            sql.execute(update, &[id.into()]).await?;
            audit::record(ask.p, sql, ask.actor(), "subscription.gift.revoked", id, json!({})).await?;
            match &gift.redeemed_by {
                Some(user) => Ok::<_, ApiError>(entitlements::derive(ask.p, sql, user, ask.actor()).await?),
                None => Ok(false),
            }
        })
        .await?;
    if void {
        ask.push();
    }
    Ok(())
}
