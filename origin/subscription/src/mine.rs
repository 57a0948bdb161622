//! `/v1/me/…`: what a reader has, has bought and was billed; and for staff, all subscriptions.

use aw_platform::{ApiError, Response, Row, Sql, SqlPlatform, Value, http::Method};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    ask::{Ask, at},
    entitlements::{self, Held},
    ledger::Line,
};

/// A subscription.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionInfo {
    /// Its id at the provider.
    id: String,
    /// Whose it is.
    user_id: Option<String>,
    /// The plan, while there is one.
    plan_id: Option<String>,
    /// What it entitles to while it is paid: `tier:SLUG`.
    grants: Option<String>,
    /// As the provider says: `trialing`, `active`, `past_due`, `unpaid`, `canceled` and others.
    status: String,
    /// When the period under way began, RFC 3339.
    period_start: String,
    /// When it ends, RFC 3339.
    period_end: String,
    /// When the trial ends or ended, RFC 3339.
    trial_end: Option<String>,
    /// Whether it ends with the period.
    cancel_at_period_end: bool,
}

/// What a reader has.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mine {
    /// What may be read, and until when.
    entitlements: Vec<Held>,
    /// The subscriptions, the newest first.
    subscriptions: Vec<SubscriptionInfo>,
}

/// Something that was bought once.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Purchase {
    /// The payment's id at the provider.
    id: String,
    /// What was bought: `book:ID` or, as a gift, `tier:SLUG`.
    grants: String,
    /// In minor units, tax included.
    amount: i64,
    /// The tax in it.
    tax: i64,
    /// ISO 4217.
    currency: String,
    /// How much of it was given back, or taken back by the reader's bank.
    refunded: i64,
    /// How much of it the reader's bank wants back, while that is not decided.
    disputed: i64,
    /// When it was paid, RFC 3339.
    paid_at: String,
    /// The code to pass on, of a gift.
    gift_code: Option<String>,
    /// When the gift was redeemed, RFC 3339.
    gift_redeemed_at: Option<String>,
}

/// An invoice.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceInfo {
    /// Its id at the provider.
    id: String,
    /// Its number, once it has one.
    number: Option<String>,
    /// `draft`, `open`, `paid`, `void` or `uncollectible`.
    status: String,
    /// ISO 4217, of all amounts here; they are in minor units.
    currency: String,
    /// Before discounts and tax.
    subtotal: i64,
    /// All discounts together.
    discount: i64,
    /// As the provider reckons it.
    tax: i64,
    /// What is to be paid.
    total: i64,
    /// What was paid.
    paid: i64,
    /// How much of it was given back, or taken back by the reader's bank.
    refunded: i64,
    /// How much of it the reader's bank wants back, while that is not decided.
    disputed: i64,
    /// What it is for.
    lines: Vec<Line>,
    /// The provider's page of it.
    url: Option<String>,
    /// When it was written, RFC 3339.
    created_at: String,
    /// When it was paid, RFC 3339.
    paid_at: Option<String>,
}

/// A time of the provider's, in seconds since 1970, as the API writes it.
pub(crate) fn seconds(s: i64) -> String {
    at(s.saturating_mul(1000))
}

impl SubscriptionInfo {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Ok(Self {
            id: row.text(0)?.to_owned(),
            user_id: own(row.text_opt(1)?),
            plan_id: own(row.text_opt(2)?),
            grants: own(row.text_opt(3)?),
            status: row.text(4)?.to_owned(),
            period_start: seconds(row.int(5)?),
            period_end: seconds(row.int(6)?),
            trial_end: row.int_opt(7)?.map(seconds),
            cancel_at_period_end: row.bool(8)?,
        })
    }
}

const SUBSCRIPTION: &str = "id, user_id::text, plan::text, grants, status, period_start, period_end, trial_end, \
    cancel_at_period_end";

/// `/v1/me/subscription`, `/v1/me/purchases` and `/v1/me/invoices`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, what: &str) -> Result<Response<P>, ApiError> {
    if ask.method() != Method::GET {
        return Err(ApiError::method_not_allowed());
    }
    let user = ask.reader()?;
    match what {
        "subscription" => {
            let sql = ask.sql().await?;
            let statement = format!(
                "SELECT {SUBSCRIPTION} FROM subscriptions WHERE user_id = $1::text::uuid \
                 ORDER BY period_end DESC, id LIMIT 50"
            );
            let rows = sql.query(&statement, &[user.into()]).await?;
            let subscriptions = rows.iter().map(SubscriptionInfo::from_row).collect::<Result<_, _>>()?;
            let entitlements = entitlements::all(&sql, user).await?;
            Ok(ask.data(200, Mine { entitlements, subscriptions }))
        }
        "purchases" => purchases(ask, user).await,
        _ => invoices(ask, user).await,
    }
}

/// `GET /v1/subscriptions`, for owners and admins.
pub(crate) async fn all<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    if ask.method() != Method::GET {
        return Err(ApiError::method_not_allowed());
    }
    let (limit, after) = cursor(ask)?;
    let statement = format!(
        "SELECT {SUBSCRIPTION} FROM subscriptions WHERE $1::text IS NULL OR id > $1::text ORDER BY id LIMIT $2::bigint"
    );
    let rows = ask.sql().await?.query(&statement, &[after.into(), limit.into()]).await?;
    let all: Vec<SubscriptionInfo> = rows.iter().map(SubscriptionInfo::from_row).collect::<Result<_, _>>()?;
    Ok(page(ask, limit, all, |one| one.id.clone()))
}

/// The limit, and the cursor, which is an id at the provider here.
pub(crate) fn cursor<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<(u32, Option<String>), ApiError> {
    let query: Option<String> = ask
        .query("limit")
        .map(|limit| form_urlencoded::Serializer::new(String::new()).append_pair("limit", &limit).finish());
    let limit = aw_origin_data::input::Page::from_query(query.as_deref())?.limit;
    let after = ask.query("cursor");
    let plain = |text: &String| (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    match after {
        Some(after) if !plain(&after) => {
            Err(ApiError::bad_request("REQUEST_QUERY_INVALID", "cursor must be one that a page gave"))
        }
        after => Ok((limit, after)),
    }
}

/// A page whose cursor is an id at the provider.
pub(crate) fn page<P: SqlPlatform, T: Serialize>(
    ask: &Ask<'_, P>,
    limit: u32,
    rows: Vec<T>,
    id: impl FnOnce(&T) -> String,
) -> Response<P> {
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(id);
    aw_origin_data::answer::page(ask.p, ask.caller, rows, next, limit)
}

async fn purchases<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str) -> Result<Response<P>, ApiError> {
    let (limit, after) = cursor(ask)?;
    let statement = "SELECT p.payment, p.grants, p.amount, p.tax, p.currency, r.back, r.disputed, p.paid_at, \
            g.id::text, (extract(epoch FROM g.redeemed_at) * 1000)::bigint, g.code_sealed \
        FROM purchases p CROSS JOIN LATERAL (SELECT \
            coalesce(sum(l.amount) FILTER (WHERE coalesce(l.dispute, 'lost') = 'lost'), 0)::bigint AS back, \
            coalesce(sum(l.amount) FILTER (WHERE l.dispute <> 'lost'), 0)::bigint AS disputed \
            FROM payment_losses l WHERE l.payment = p.payment) r LEFT JOIN gifts g ON g.payment = p.payment \
        WHERE p.user_id = $1::text::uuid AND ($2::text IS NULL OR p.payment > $2::text) \
        ORDER BY p.payment LIMIT $3::bigint";
    let rows = ask.sql().await?.query(statement, &[user.into(), after.into(), limit.into()]).await?;
    let mut all = Vec::new();
    for row in &rows {
        let code = row.text_opt(8)?.map(|gift| crate::catalogue::gifts::shown(ask, gift, row.text_opt(10)?));
        all.push(Purchase {
            id: row.text(0)?.to_owned(),
            grants: row.text(1)?.to_owned(),
            amount: row.int(2)?,
            tax: row.int(3)?,
            currency: row.text(4)?.to_owned(),
            refunded: row.int(5)?,
            disputed: row.int(6)?,
            paid_at: seconds(row.int(7)?),
            gift_code: code.transpose()?.flatten(),
            gift_redeemed_at: row.int_opt(9)?.map(at),
        });
    }
    Ok(page(ask, limit, all, |one| one.id.clone()))
}

async fn invoices<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str) -> Result<Response<P>, ApiError> {
    let (limit, after) = cursor(ask)?;
    let statement = "SELECT i.id, i.number, i.status, i.currency, i.subtotal, i.discount, i.tax, i.total, i.paid, \
            r.back, i.lines, i.url, i.created, i.paid_at, r.disputed \
        FROM invoices i CROSS JOIN LATERAL (SELECT \
            coalesce(sum(l.amount) FILTER (WHERE coalesce(l.dispute, 'lost') = 'lost'), 0)::bigint AS back, \
            coalesce(sum(l.amount) FILTER (WHERE l.dispute <> 'lost'), 0)::bigint AS disputed \
            FROM payment_losses l WHERE l.payment = i.payment) r \
        WHERE i.user_id = $1::text::uuid AND ($2::text IS NULL OR (i.created, i.id) < \
            ((SELECT c.created FROM invoices c WHERE c.id = $2::text AND c.user_id = $1::text::uuid), $2::text)) \
        ORDER BY i.created DESC, i.id DESC LIMIT $3::bigint";
    let row: [Value; 3] = [user.into(), after.into(), limit.into()];
    let rows = ask.sql().await?.query(statement, &row).await?;
    let all = rows.iter().map(|row| {
        let lines = serde_json::from_str(row.text(10)?);
        Ok(InvoiceInfo {
            id: row.text(0)?.to_owned(),
            number: row.text_opt(1)?.map(str::to_owned),
            status: row.text(2)?.to_owned(),
            currency: row.text(3)?.to_owned(),
            subtotal: row.int(4)?,
            discount: row.int(5)?,
            tax: row.int(6)?,
            total: row.int(7)?,
            paid: row.int(8)?,
            refunded: row.int(9)?,
            disputed: row.int(14)?,
            lines: lines.map_err(|e| aw_platform::Error::internal(e.to_string()))?,
            url: row.text_opt(11)?.map(str::to_owned),
            created_at: seconds(row.int(12)?),
            paid_at: row.int_opt(13)?.map(seconds),
        })
    });
    let all = all.collect::<aw_platform::Result<Vec<_>>>()?;
    Ok(page(ask, limit, all, |one| one.id.clone()))
}
