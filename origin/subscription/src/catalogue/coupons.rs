//! Coupons: codes that make a plan cheaper.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::plans::{self, Interval, Plan};
use crate::{
    ask::{Ask, at, missing},
    checks,
};

const INVALID: &str = "SUBSCRIPTION_COUPON_INVALID";

/// For how many payments a coupon holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Duration {
    /// The first.
    Once,
    /// Those of so many months.
    Repeating,
}

impl Duration {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Repeating => "repeating",
        }
    }
}

/// A coupon.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Coupon {
    /// Its id.
    pub(crate) id: String,
    /// What readers type, in upper case.
    pub(crate) code: String,
    /// So much of a hundred off.
    pub(crate) percent: Option<i64>,
    /// So much off, in minor units of the currency.
    pub(crate) amount: Option<i64>,
    /// ISO 4217, of the amount.
    pub(crate) currency: Option<String>,
    /// For how many payments it holds.
    pub(crate) duration: Duration,
    /// For how many months, where it is repeating.
    pub(crate) months: Option<i64>,
    /// How often it can be used by all readers together; each uses it once.
    pub(crate) max_redemptions: Option<i64>,
    /// How often it was used, checkouts under way included.
    pub(crate) redemptions: i64,
    /// The plan that it is for; null: every plan.
    pub(crate) plan_id: Option<String>,
    /// Until when it can be used, RFC 3339.
    pub(crate) expires_at: Option<String>,
    /// Whether it can be used.
    pub(crate) active: bool,
    /// When it was made, RFC 3339.
    pub(crate) created_at: String,
    #[serde(skip)]
    pub(crate) version: i64,
    #[serde(skip)]
    pub(crate) provided: bool,
    #[serde(skip)]
    expired: bool,
}

/// A coupon to be: either a percentage or an amount.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCoupon {
    /// What readers type: letters, digits and hyphens; kept in upper case.
    #[schemars(regex(pattern = r"^[A-Za-z0-9-]{3,40}$"))]
    code: String,
    /// So much of a hundred off.
    #[schemars(range(min = 1, max = 100))]
    percent: Option<i64>,
    /// So much off, in minor units of the currency.
    #[schemars(range(min = 1, max = 99_999_999))]
    amount: Option<i64>,
    /// ISO 4217, of the amount.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"))]
    currency: Option<String>,
    /// For how many payments it holds.
    duration: Duration,
    /// For how many months; for a repeating one only.
    #[schemars(range(min = 1, max = 36))]
    months: Option<i64>,
    /// How often it can be used by all readers together.
    #[schemars(range(min = 1, max = 1_000_000))]
    max_redemptions: Option<i64>,
    /// The plan that it is for; without one it is for every plan.
    plan_id: Option<String>,
    /// Until when it can be used, RFC 3339 in UTC.
    expires_at: Option<String>,
}

/// What is to change: the rest of a coupon never does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CouponChange {
    /// Whether it can be used.
    active: bool,
}

const COLUMNS: &str = "c.id::text, c.code, c.percent, c.amount, c.currency, c.duration, c.months, c.most, \
    (SELECT count(*) FROM checkouts k WHERE k.coupon = c.id \
        AND (k.status = 'complete' OR k.status = 'open' AND k.expires_at > now())), \
    c.plan::text, (extract(epoch FROM c.expires_at) * 1000)::bigint, c.active, \
    (extract(epoch FROM c.created_at) * 1000)::bigint, c.version, c.provided, coalesce(c.expires_at <= now(), false)";

impl Coupon {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            code: row.text(1)?.to_owned(),
            percent: row.int_opt(2)?,
            amount: row.int_opt(3)?,
            currency: row.text_opt(4)?.map(str::to_owned),
            duration: if row.text(5)? == "once" { Duration::Once } else { Duration::Repeating },
            months: row.int_opt(6)?,
            max_redemptions: row.int_opt(7)?,
            redemptions: row.int(8)?,
            plan_id: row.text_opt(9)?.map(str::to_owned),
            expires_at: row.int_opt(10)?.map(at),
            active: row.bool(11)?,
            created_at: at(row.int(12)?),
            version: row.int(13)?,
            provided: row.bool(14)?,
            expired: row.bool(15)?,
        })
    }
}

/// `/v1/coupons` and `/v1/coupons/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    match (ask.method(), path) {
        (&Method::GET, []) => {
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM coupons c WHERE $1::text IS NULL OR c.id > $1::text::uuid \
                 ORDER BY c.id LIMIT $2::bigint"
            );
            let rows = ask.sql().await?.query(&statement, &[page.after.into(), page.limit.into()]).await?;
            let coupons: Vec<Coupon> = rows.iter().map(Coupon::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, coupons, |coupon| &coupon.id))
        }
        (&Method::POST, []) => {
            let new: NewCoupon = ask.json()?;
            ask.create(async |sql| create(ask, sql, &new).await).await
        }
        (&Method::GET, [id]) => {
            let coupon = find(&ask.sql().await?, id, "").await?;
            let version = coupon.version;
            Ok(ask.versioned(200, coupon, version))
        }
        (&Method::PATCH, [id]) => {
            let change: CouponChange = ask.json()?;
            let coupon = edit(ask, &ask.sql().await?, id, ask.expected()?, &change).await?;
            let version = coupon.version;
            Ok(ask.versioned(200, coupon, version))
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn find<S: Sql>(sql: &S, id: &str, lock: &str) -> Result<Coupon, ApiError> {
    let none = missing("SUBSCRIPTION_COUPON_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let statement = format!("SELECT {COLUMNS} FROM coupons c WHERE c.id = $1::text::uuid {lock}");
    Ok(Coupon::from_row(&sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?)?)
}

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, new: &NewCoupon) -> Result<Coupon, ApiError> {
    let code = new.code.to_ascii_uppercase();
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    if !(3..=40).contains(&code.len()) || !code.bytes().all(plain) {
        return Err(checks::invalid(INVALID, "code must be 3 to 40 letters, digits and hyphens"));
    }
    match (new.percent, new.amount, &new.currency) {
        (Some(percent), None, None) => drop(checks::within(INVALID, "percent", percent, 1..=100)?),
        (None, Some(amount), Some(currency)) => checks::money(INVALID, amount, currency)?,
        _ => return Err(checks::invalid(INVALID, "a coupon has either percent, or amount and currency")),
    }
    match (new.duration, new.months) {
        (Duration::Repeating, Some(months)) => drop(checks::within(INVALID, "months", months, 1..=36)?),
        (Duration::Once, None) => {}
        _ => return Err(checks::invalid(INVALID, "a repeating coupon has months, and no other")),
    }
    if let Some(most) = new.max_redemptions {
        checks::within(INVALID, "maxRedemptions", most, 1..=1_000_000)?;
    }
    let expires = new.expires_at.as_deref().map(|t| checks::time(INVALID, "expiresAt", t)).transpose()?;
    if let Some(plan) = &new.plan_id {
        plans::find(sql, plan, "").await.map_err(|_| checks::invalid(INVALID, "there is no such plan"))?;
    }
    let id = uuid_v7(ask.p).to_string();
    let row: [Value; 10] = [
        (&id).into(),
        (&code).into(),
        new.percent.into(),
        new.amount.into(),
        new.currency.as_ref().into(),
        new.duration.name().into(),
        new.months.into(),
        new.max_redemptions.into(),
        new.plan_id.as_ref().into(),
        expires.into(),
    ];
    let insert = "INSERT INTO coupons (id, code, percent, amount, currency, duration, months, most, plan, expires_at) \
        VALUES ($1::text::uuid, $2::text, $3::bigint, $4::bigint, $5::text, $6::text, $7::bigint, $8::bigint, \
            $9::text::uuid, $10::text::timestamptz) ON CONFLICT (code) DO NOTHING";
    if sql.execute(insert, &row).await.map_err(checks::day(INVALID))? == 0 {
        return Err(ApiError::new(409, "SUBSCRIPTION_COUPON_TAKEN", "there is a coupon with this code already"));
    }
    audit::record(ask.p, sql, ask.actor(), "subscription.coupon.created", &id, json!({ "code": code })).await?;
    find(sql, &id, "").await
}

async fn edit<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    id: &str,
    expected: Match,
    change: &CouponChange,
) -> Result<Coupon, ApiError> {
    sql.transaction(async |sql| {
        expected.check(find(sql, id, "FOR UPDATE OF c").await?.version)?;
        let update = "UPDATE coupons SET active = $2::boolean, version = version + 1 WHERE id = $1::text::uuid";
        sql.execute(update, &[id.into(), change.active.into()]).await?;
        let details = json!({ "active": change.active });
        audit::record(ask.p, sql, ask.actor(), "subscription.coupon.changed", id, details).await?;
        find(sql, id, "").await
    })
    .await
}

/// The coupon of a code for a reader who is about to buy a plan, locked until the transaction ends: of two who come
/// for the last use, one gets it. A use is a checkout that was completed or can still be.
///
/// # Errors
/// 422 `SUBSCRIPTION_COUPON_REFUSED`, with the reason.
pub(crate) async fn take<S: Sql>(sql: &S, code: &str, plan: &Plan, gift: bool, user: &str) -> Result<Coupon, ApiError> {
    let refused = |why: &'static str| Err(checks::invalid("SUBSCRIPTION_COUPON_REFUSED", why));
    let lock = "SELECT id::text FROM coupons WHERE code = $1::text FOR UPDATE";
    let code = code.trim().to_ascii_uppercase();
    // What no code has, no database is asked for: it takes no text with a NUL.
    if !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return refused("there is no such coupon");
    }
    let Some(row) = sql.query_opt(lock, &[code.into()]).await? else {
        return refused("there is no such coupon");
    };
    // Counted by a statement of its own, which sees what those who had the lock before have done.
    let coupon = find(sql, row.text(0)?, "").await?;
    if !coupon.active || coupon.expired {
        return refused("this coupon can be used no more");
    }
    if coupon.plan_id.as_deref().is_some_and(|id| id != plan.id) {
        return refused("this coupon is for another plan");
    }
    if coupon.currency.as_deref().is_some_and(|currency| currency != plan.currency) {
        return refused("this coupon is for another currency");
    }
    if (gift || plan.interval == Interval::Once) && coupon.duration == Duration::Repeating {
        return refused("this coupon is for plans that are paid again and again");
    }
    if coupon.max_redemptions.is_some_and(|most| coupon.redemptions >= most) {
        return refused("this coupon was used as often as it can be");
    }
    let mine = "SELECT 1::bigint FROM checkouts WHERE coupon = $1::text::uuid AND user_id = $2::text::uuid \
        AND status = 'complete' LIMIT 1";
    if sql.query_opt(mine, &[(&coupon.id).into(), user.into()]).await?.is_some() {
        return refused("you have used this coupon already");
    }
    Ok(coupon)
}
