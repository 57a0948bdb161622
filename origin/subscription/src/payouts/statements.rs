//! Statements: what was earned until the end of a month, and what of it is whose.
//!
//! What a payment brings is what was paid less tax and less what was given back until then, or is disputed, or was lost
//! so. A statement shares out what no statement before has: what is given back later is taken back by a later one, from
//! those who got it, and what a dispute took goes back to them once it is won. So all statements together always sum to
//! what was earned.

use std::collections::HashMap;

use aw_origin_data::audit;
use aw_platform::{ApiError, Error, Response, Row, Sql, SqlExt, SqlPlatform, Value, http::Method, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    rules::{self, Share},
    split::split,
};
use crate::{
    ask::{Ask, at, missing},
    checks,
    currency::is_currency,
};

const INVALID: &str = "SUBSCRIPTION_PAYOUT_INVALID";
/// How many lines are written at once.
const CHUNK: usize = 1000;

/// A statement to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStatement {
    /// The month, which must be over: `YYYY-MM`, in UTC.
    #[schemars(regex(pattern = r"^[0-9]{4}-(0[1-9]|1[0-2])$"))]
    period: String,
    /// ISO 4217, in upper case.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"))]
    currency: String,
}

/// A statement in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// Its id.
    id: String,
    /// The month, in UTC.
    period: String,
    /// ISO 4217.
    currency: String,
    /// All parts together, in minor units.
    total: i64,
    /// When it was made, RFC 3339.
    created_at: String,
}

/// A statement.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Statement {
    #[serde(flatten)]
    summary: Summary,
    /// The parts: they sum to the total.
    payees: Vec<Part>,
}

/// What one payee gets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Part {
    /// An account's id; null is the press itself.
    payee: Option<String>,
    /// What of: `tier:SLUG` or `book:ID`.
    grants: String,
    /// In minor units; less than 0 where more was given back than came in.
    amount: i64,
    /// From how many payments.
    payments: i64,
}

const COLUMNS: &str = "id::text, period, currency, total, (extract(epoch FROM created_at) * 1000)::bigint";

impl Summary {
    fn from_row(row: &Row) -> aw_platform::Result<Self> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            period: row.text(1)?.to_owned(),
            currency: row.text(2)?.to_owned(),
            total: row.int(3)?,
            created_at: at(row.int(4)?),
        })
    }
}

/// `/v1/payouts` and `/v1/payouts/ID`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    match (ask.method(), path) {
        (&Method::GET, []) => {
            let page = ask.page()?;
            let statement = format!(
                "SELECT {COLUMNS} FROM payout_statements WHERE $1::text IS NULL OR id > $1::text::uuid \
                 ORDER BY id LIMIT $2::bigint"
            );
            let rows = ask.sql().await?.query(&statement, &[page.after.into(), page.limit.into()]).await?;
            let all: Vec<Summary> = rows.iter().map(Summary::from_row).collect::<Result<_, _>>()?;
            Ok(ask.list(page, all, |one| &one.id))
        }
        (&Method::POST, []) => {
            let new: NewStatement = ask.json()?;
            ask.create(async |sql| create(ask, sql, &new).await).await
        }
        (&Method::GET, [id]) => Ok(ask.data(200, find(&ask.sql().await?, id).await?)),
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn find<S: Sql>(sql: &S, id: &str) -> Result<Statement, ApiError> {
    let none = missing("SUBSCRIPTION_PAYOUT_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let statement = format!("SELECT {COLUMNS} FROM payout_statements WHERE id = $1::text::uuid");
    let summary = Summary::from_row(&sql.query_opt(&statement, &[id.into()]).await?.ok_or_else(none)?)?;
    let parts = "SELECT payee::text, grants, sum(amount)::bigint, count(*) FROM payout_lines \
        WHERE statement = $1::text::uuid GROUP BY payee, grants ORDER BY payee NULLS FIRST, grants";
    let payees = sql.query(parts, &[id.into()]).await?;
    let payees = payees.iter().map(|row| {
        Ok(Part {
            payee: row.text_opt(0)?.map(str::to_owned),
            grants: row.text(1)?.to_owned(),
            amount: row.int(2)?,
            payments: row.int(3)?,
        })
    });
    Ok(Statement { summary, payees: payees.collect::<aw_platform::Result<_>>()? })
}

/// What each payment brought until the end of the month, and how much of that was shared out before: where the two
/// differ. What was bought once has an invoice too, and is counted as a purchase.
const EARNED: &str = "\
    WITH month AS (SELECT extract(epoch FROM (to_date($1::text || '-01', 'YYYY-MM-DD') + interval '1 month') \
            AT TIME ZONE 'UTC')::bigint AS ends), \
    paid AS ( \
        SELECT coalesce(i.payment, i.id) AS source, i.grants, i.paid AS total, i.tax FROM invoices i, month \
            WHERE i.status = 'paid' AND i.paid > 0 AND i.subscription IS NOT NULL AND i.currency = $2::text \
            AND coalesce(i.paid_at, i.created) < month.ends \
        UNION ALL SELECT p.payment, p.grants, p.amount, p.tax FROM purchases p, month \
            WHERE p.amount > 0 AND p.currency = $2::text AND p.paid_at < month.ends), \
    net AS ( \
        SELECT paid.source, coalesce(paid.grants, 'press') AS grants, (paid.total - paid.tax) - round( \
            least(coalesce(r.lost, 0), paid.total)::numeric * (paid.total - paid.tax) / paid.total)::bigint AS amount \
        FROM paid CROSS JOIN month CROSS JOIN LATERAL ( \
            SELECT sum(CASE WHEN l.currency <> $2::text THEN paid.total ELSE l.amount END)::bigint AS lost \
            FROM payment_losses l WHERE l.payment = paid.source AND l.at < month.ends) AS r) \
    SELECT net.source, net.grants, net.amount - coalesce(l.shared, 0), l.source IS NOT NULL FROM net LEFT JOIN ( \
        SELECT source, sum(amount)::bigint AS shared FROM payout_lines GROUP BY source) AS l ON l.source = net.source \
    WHERE net.amount <> coalesce(l.shared, 0) ORDER BY net.source";

async fn create<P: SqlPlatform>(ask: &Ask<'_, P>, sql: &P::Sql, new: &NewStatement) -> Result<Statement, ApiError> {
    let month = new.period.split_once('-').filter(|(year, month)| {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        year.len() == 4
            && digits(year)
            && *year >= "1970"
            && month.len() == 2
            && digits(month)
            && ("01"..="12").contains(month)
    });
    if month.is_none() || !is_currency(&new.currency) {
        return Err(checks::invalid(INVALID, "period must be YYYY-MM, currency a code of ISO 4217"));
    }
    let this = at(i64::try_from(ask.p.now()).unwrap_or_default());
    if new.period.as_str() >= this.get(..7).unwrap_or_default() {
        return Err(checks::invalid(INVALID, "the month is not over"));
    }
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('subscription.payouts'))", &[]).await?;
    let there = "SELECT 1::bigint FROM payout_statements WHERE period = $1::text AND currency = $2::text";
    if sql.query_opt(there, &[(&new.period).into(), (&new.currency).into()]).await?.is_some() {
        return Err(ApiError::new(409, "SUBSCRIPTION_PAYOUT_EXISTS", "there is a statement of this month already"));
    }
    let earned = sql.query(EARNED, &[(&new.period).into(), (&new.currency).into()]).await?;
    let lines = share(sql, &earned).await?;
    let total = lines.iter().map(|line| line.amount).sum::<i64>();
    let id = uuid_v7(ask.p).to_string();
    let row: [Value; 4] = [(&id).into(), (&new.period).into(), (&new.currency).into(), total.into()];
    let insert = "INSERT INTO payout_statements (id, period, currency, total) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::bigint)";
    sql.execute(insert, &row).await?;
    for chunk in lines.chunks(CHUNK) {
        let insert = "INSERT INTO payout_lines (statement, source, grants, payee, amount) \
            SELECT $1::text::uuid, source, grants, payee, amount FROM jsonb_to_recordset($2::text::jsonb) \
                AS x(source text, grants text, payee uuid, amount bigint)";
        sql.execute(insert, &[(&id).into(), json!(chunk).to_string().into()]).await?;
    }
    let details = json!({ "period": new.period, "currency": new.currency, "total": total });
    audit::record(ask.p, sql, ask.actor(), "subscription.payout.stated", &id, details).await?;
    find(sql, &id).await
}

#[derive(Serialize)]
struct Line {
    source: String,
    grants: String,
    payee: Option<String>,
    amount: i64,
}

/// Shares out what was earned: by the rules as they are; what is taken back, by who got it; what comes back, by whom it
/// was taken from.
async fn share<S: Sql>(sql: &S, earned: &[Row]) -> Result<Vec<Line>, Error> {
    let mut known: HashMap<String, Vec<Share>> = HashMap::new();
    let mut lines = Vec::new();
    for row in earned {
        let (source, grants, amount) = (row.text(0)?, row.text(1)?, row.int(2)?);
        let again = row.bool(3)?;
        let moved = if again { moved(sql, source, if amount < 0 { 1 } else { -1 }).await? } else { Vec::new() };
        let shares = if amount < 0 || !moved.is_empty() {
            moved
        } else if let Some(shares) = known.get(grants) {
            shares.clone()
        } else {
            let press = || vec![Share { payee: None, weight: 1 }];
            let shares = rules::find(sql, grants).await?.map_or_else(press, |rule| rule.shares);
            known.insert(grants.to_owned(), shares.clone());
            shares
        };
        let weights: Vec<i64> = shares.iter().map(|share| share.weight).collect();
        let parts = split(amount, &weights);
        for (share, part) in shares.into_iter().zip(parts).filter(|(_, part)| *part != 0) {
            lines.push(Line { source: source.to_owned(), grants: grants.to_owned(), payee: share.payee, amount: part });
        }
    }
    Ok(lines)
}

/// What each payee has got of a payment (`sign` 1), or was taken back from each (-1).
async fn moved<S: Sql>(sql: &S, source: &str, sign: i64) -> Result<Vec<Share>, Error> {
    let statement = "SELECT payee::text, sum(CASE WHEN $2::bigint > 0 THEN amount ELSE -least(amount, 0) END)::bigint \
        FROM payout_lines WHERE source = $1::text GROUP BY 1 \
        HAVING sum(CASE WHEN $2::bigint > 0 THEN amount ELSE -least(amount, 0) END) > 0 ORDER BY 1 NULLS FIRST";
    let rows = sql.query(statement, &[source.into(), sign.into()]).await?;
    rows.iter().map(|row| Ok(Share { payee: row.text_opt(0)?.map(str::to_owned), weight: row.int(1)? })).collect()
}
