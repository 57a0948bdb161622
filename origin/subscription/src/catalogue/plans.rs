//! Plans: a tier by the month or the year, a book once, at a price.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    ask::{Ask, at, missing},
    checks,
};

const INVALID: &str = "SUBSCRIPTION_PLAN_INVALID";

/// How often a plan is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interval {
    /// Every month.
    Month,
    /// Every year.
    Year,
    /// Once, for ever.
    Once,
}

impl Interval {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Once => "once",
        }
    }
}

/// A plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan {
    /// Its id.
    pub(crate) id: String,
    /// The name shown to readers, and on invoices.
    pub(crate) name: String,
    /// What it is, in plain text.
    pub(crate) description: String,
    /// The entitlement that it buys: `tier:SLUG` or `book:ID`.
    pub(crate) grants: String,
    /// How often it is paid.
    pub(crate) interval: Interval,
    /// In minor units of the currency.
    pub(crate) amount: i64,
    /// ISO 4217.
    pub(crate) currency: String,
    /// Days before the first payment, once for each reader.
    pub(crate) trial_days: i64,
    /// Whether it can be bought.
    pub(crate) active: bool,
    /// When it was made, RFC 3339.
    pub(crate) created_at: String,
    /// When it was changed last, RFC 3339.
    pub(crate) updated_at: String,
    #[serde(skip)]
    pub(crate) version: i64,
    /// The price at the provider.
    #[serde(skip)]
    pub(crate) price: Option<String>,
}

/// A plan to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewPlan {
    /// The name shown to readers, and on invoices.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What it is, in plain text.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    description: String,
    /// `tier:SLUG` of a tier that there is, or `book:ID` of a book that there is.
    #[schemars(regex(pattern = r"^(tier:[a-z0-9-]{1,40}|book:[0-9a-f-]{36})$"))]
    grants: String,
    /// `month` or `year` for a tier, `once` for a book.
    interval: Interval,
    /// In minor units of the currency.
    #[schemars(range(min = 1, max = 99_999_999))]
    amount: i64,
    /// ISO 4217, in upper case.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"))]
    currency: String,
    /// Days before the first payment; none for a book.
    #[serde(default)]
    #[schemars(range(min = 0, max = 365))]
    trial_days: i64,
    /// Whether it can be bought.
    #[serde(default = "yes")]
    active: bool,
}

/// What is to change; what is not named stays. What readers pay who have it already stays, too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanChange {
    /// The name shown to readers, and on invoices.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    /// What it is, in plain text.
    #[schemars(length(max = 2000))]
    description: Option<String>,
    /// In minor units of the currency.
    #[schemars(range(min = 1, max = 99_999_999))]
    amount: Option<i64>,
    /// ISO 4217, in upper case.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"))]
    currency: Option<String>,
    /// Days before the first payment; none for a book.
    #[schemars(range(min = 0, max = 365))]
    trial_days: Option<i64>,
    /// Whether it can be bought.
    active: Option<bool>,
}

fn yes() -> bool {
    true
}

const COLUMNS: &str = "id::text, name, description, grants, interval, amount, currency, trial_days, active, \
    (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM updated_at) * 1000)::bigint, version, price";

impl Plan {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            name: row.text(1)?.to_owned(),
            description: row.text(2)?.to_owned(),
            grants: row.text(3)?.to_owned(),
            interval: match row.text(4)? {
                "month" => Interval::Month,
                "year" => Interval::Year,
                _ => Interval::Once,
            },
            amount: row.int(5)?,
            currency: row.text(6)?.to_owned(),
            trial_days: row.int(7)?,
            active: row.bool(8)?,
            created_at: at(row.int(9)?),
            updated_at: at(row.int(10)?),
            version: row.int(11)?,
            price: row.text_opt(12)?.map(str::to_owned),
        })
    }
}

/// `/v1/plans` and `/v1/plans/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    match (ask.method(), path) {
        (&Method::GET, []) => {
            let all = match ask.query("inactive").as_deref() {
                None | Some("false") => false,
                Some("true") => {
                    ask.keeper()?;
                    true
                }
                Some(_) => {
                    return Err(ApiError::bad_request("REQUEST_QUERY_INVALID", "inactive must be true or false"));
                }
            };
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM plans WHERE (active OR $3::boolean) \
                 AND ($1::text IS NULL OR id > $1::text::uuid) ORDER BY id LIMIT $2::bigint"
            );
            let row: [Value; 3] = [page.after.into(), page.limit.into(), all.into()];
            let rows = ask.sql().await?.query(&statement, &row).await?;
            let plans: Vec<Plan> = rows.iter().map(Plan::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, plans, |plan| &plan.id))
        }
        (&Method::POST, []) => {
            ask.keeper()?;
            let new: NewPlan = ask.json()?;
            ask.create(async |sql| create(ask, sql, &new).await).await
        }
        (&Method::GET, [id]) => {
            let plan = find(&ask.sql().await?, id, "").await?;
            if !plan.active {
                ask.keeper()?;
            }
            let version = plan.version;
            Ok(ask.versioned(200, plan, version))
        }
        (&Method::PATCH, [id]) => {
            ask.keeper()?;
            let change: PlanChange = ask.json()?;
            let plan = edit(ask, &ask.sql().await?, id, ask.expected()?, change).await?;
            let version = plan.version;
            Ok(ask.versioned(200, plan, version))
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// The plan of that id.
///
/// # Errors
/// 404 `SUBSCRIPTION_PLAN_NOT_FOUND`.
pub(crate) async fn find<S: Sql>(sql: &S, id: &str, lock: &str) -> Result<Plan, ApiError> {
    let none = missing("SUBSCRIPTION_PLAN_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let statement = format!("SELECT {COLUMNS} FROM plans WHERE id = $1::text::uuid {lock}");
    Ok(Plan::from_row(&sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?)?)
}

/// Whether there is the tier or the book.
///
/// # Errors
/// 422 with `code` where there is not.
pub(crate) async fn sellable<S: Sql>(sql: &S, code: &'static str, grants: &str) -> Result<(), ApiError> {
    let (statement, name) = match grants.split_once(':') {
        Some(("tier", slug)) => ("SELECT 1::bigint FROM tiers WHERE slug = $1::text FOR KEY SHARE", slug),
        Some((_, id)) => ("SELECT 1::bigint FROM books WHERE id = $1::text::uuid", id),
        None => return Err(checks::invalid(code, "grants must be tier:SLUG or book:ID")),
    };
    match sql.query_opt(statement, &[name.into()]).await? {
        Some(_) => Ok(()),
        None => Err(checks::invalid(code, format!("there is no {grants}"))),
    }
}

/// What a plan may be, whatever it was made of.
fn check(interval: Interval, grants: &str, trial_days: i64, amount: i64, currency: &str) -> Result<(), ApiError> {
    if (interval == Interval::Once) != grants.starts_with("book:") {
        return Err(checks::invalid(INVALID, "a book is sold once, a tier by the month or the year"));
    }
    if interval == Interval::Once && trial_days != 0 {
        return Err(checks::invalid(INVALID, "a book has no trial"));
    }
    checks::within(INVALID, "trialDays", trial_days, 0..=365)?;
    checks::money(INVALID, amount, currency)
}

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, new: &NewPlan) -> Result<Plan, ApiError> {
    let grants = checks::grants(INVALID, &new.grants)?;
    check(new.interval, &grants, new.trial_days, new.amount, &new.currency)?;
    let id = uuid_v7(ask.p).to_string();
    let row: [Value; 9] = [
        (&id).into(),
        checks::text(INVALID, "name", &new.name, 1..=100)?.into(),
        checks::text(INVALID, "description", &new.description, 0..=2000)?.into(),
        (&grants).into(),
        new.interval.name().into(),
        new.amount.into(),
        (&new.currency).into(),
        new.trial_days.into(),
        new.active.into(),
    ];
    sellable(sql, INVALID, &grants).await?;
    let insert = "INSERT INTO plans (id, name, description, grants, interval, amount, currency, trial_days, active) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::bigint, $9::boolean)";
    sql.execute(insert, &row).await?;
    let details = json!({ "grants": grants, "amount": new.amount, "currency": new.currency });
    audit::record(ask.p, sql, ask.actor(), "subscription.plan.created", &id, details).await?;
    find(sql, &id, "").await
}

async fn edit<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    id: &str,
    expected: Match,
    change: PlanChange,
) -> Result<Plan, ApiError> {
    sql.transaction(async |sql| {
        let there = find(sql, id, "FOR UPDATE").await?;
        expected.check(there.version)?;
        let (amount, trial) = (change.amount.unwrap_or(there.amount), change.trial_days.unwrap_or(there.trial_days));
        let currency = change.currency.unwrap_or(there.currency);
        check(there.interval, &there.grants, trial, amount, &currency)?;
        let name = change.name.unwrap_or(there.name);
        let description = change.description.unwrap_or(there.description);
        let row: [Value; 7] = [
            id.into(),
            checks::text(INVALID, "name", &name, 1..=100)?.into(),
            checks::text(INVALID, "description", &description, 0..=2000)?.into(),
            amount.into(),
            (&currency).into(),
            trial.into(),
            change.active.unwrap_or(there.active).into(),
        ];
        // A price at the provider never changes: another amount or name is another price.
        let update = "UPDATE plans SET name = $2::text, description = $3::text, \
                price = CASE WHEN amount = $4::bigint AND currency = $5::text AND name = $2::text THEN price END, amount = $4::bigint, \
                currency = $5::text, trial_days = $6::bigint, active = $7::boolean, version = version + 1, \
                updated_at = now() WHERE id = $1::text::uuid";
        sql.execute(update, &row).await?;
        let details = json!({ "amount": amount, "currency": currency });
        audit::record(ask.p, sql, ask.actor(), "subscription.plan.changed", id, details).await?;
        find(sql, id, "").await
    })
    .await
}
