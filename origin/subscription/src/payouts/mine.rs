//! `/v1/me/payouts`: what an account was paid out of what was sold, by statement, by currency, by sale.

use aw_platform::{ApiError, Response, Row, Sql, SqlPlatform, Value, http::Method};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    ask::{Ask, at, missing},
    checks,
    mine::{cursor, page, seconds},
};

/// An account's part of a statement.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MyPayout {
    /// The statement's id.
    id: String,
    /// The month, in UTC: `YYYY-MM`.
    period: String,
    /// ISO 4217.
    currency: String,
    /// In minor units; less than 0 where more was given back than came in.
    amount: i64,
    /// Of how many sales.
    sales: i64,
    /// When it was stated, RFC 3339.
    created_at: String,
}

/// What an account got in a currency.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MyTotal {
    /// ISO 4217.
    currency: String,
    /// All statements together, in minor units.
    amount: i64,
    /// How many statements.
    statements: i64,
}

/// An account's part of a sale, or of what was given back of one.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MySale {
    /// The payment's id at the provider.
    id: String,
    /// What was sold: `tier:SLUG` or `book:ID`.
    grants: String,
    /// In minor units of the statement's currency; less than 0 of what was given back.
    amount: i64,
    /// When it was paid, RFC 3339.
    paid_at: Option<String>,
}

/// `/v1/me/payouts`, `/v1/me/payouts/totals` and `/v1/me/payouts/ID/sales`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let known = matches!(path, [] | ["totals"] | [_, "sales"]);
    if !known {
        return Err(ApiError::not_found("there is no such page"));
    }
    if ask.method() != Method::GET {
        return Err(ApiError::method_not_allowed());
    }
    let user = ask.reader()?;
    match path {
        [] => list(ask, user).await,
        [id, "sales"] => sales(ask, user, id).await,
        _ => {
            let statement = "SELECT s.currency, sum(l.amount)::bigint, count(DISTINCT s.id) FROM payout_lines l \
                JOIN payout_statements s ON s.id = l.statement WHERE l.payee = $1::text::uuid \
                GROUP BY s.currency ORDER BY s.currency";
            let values = [user.into()];
            let all = rows(ask, statement, &values, |row| {
                Ok(MyTotal { currency: row.text(0)?.to_owned(), amount: row.int(1)?, statements: row.int(2)? })
            });
            Ok(ask.data(200, all.await?))
        }
    }
}

async fn rows<P: SqlPlatform, T>(
    ask: &Ask<'_, P>,
    statement: &str,
    values: &[Value],
    read: impl Fn(&Row) -> aw_platform::Result<T>,
) -> Result<Vec<T>, ApiError> {
    let rows = ask.sql().await?.query(statement, values).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

async fn list<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str) -> Result<Response<P>, ApiError> {
    let page = ask.page()?;
    let statement = "SELECT s.id::text, s.period, s.currency, sum(l.amount)::bigint, count(DISTINCT l.source), \
            (extract(epoch FROM s.created_at) * 1000)::bigint \
        FROM payout_lines l JOIN payout_statements s ON s.id = l.statement \
        WHERE l.payee = $1::text::uuid AND ($2::text IS NULL OR s.id < $2::text::uuid) \
        GROUP BY s.id ORDER BY s.id DESC LIMIT $3::bigint";
    let values = [user.into(), page.after.into(), page.limit.into()];
    let all = rows(ask, statement, &values, |row| {
        Ok(MyPayout {
            id: row.text(0)?.to_owned(),
            period: row.text(1)?.to_owned(),
            currency: row.text(2)?.to_owned(),
            amount: row.int(3)?,
            sales: row.int(4)?,
            created_at: at(row.int(5)?),
        })
    });
    Ok(ask.list(page, all.await?, |one| &one.id))
}

async fn sales<P: SqlPlatform>(ask: &Ask<'_, P>, user: &str, id: &str) -> Result<Response<P>, ApiError> {
    let none = missing("SUBSCRIPTION_PAYOUT_NOT_FOUND");
    if !checks::is_id(id) {
        return Err(none());
    }
    let (limit, after) = cursor(ask)?;
    let statement = "SELECT l.source, l.grants, l.amount, coalesce( \
            (SELECT p.paid_at FROM purchases p WHERE p.payment = l.source), \
            (SELECT min(coalesce(i.paid_at, i.created)) FROM invoices i WHERE i.payment = l.source OR i.id = l.source)) \
        FROM payout_lines l WHERE l.payee = $1::text::uuid AND l.statement = $2::text::uuid \
            AND ($3::text IS NULL OR l.source > $3::text) ORDER BY l.source LIMIT $4::bigint";
    let first = after.is_none();
    let values = [user.into(), id.into(), after.into(), limit.into()];
    let all = rows(ask, statement, &values, |row| {
        Ok(MySale {
            id: row.text(0)?.to_owned(),
            grants: row.text(1)?.to_owned(),
            amount: row.int(2)?,
            paid_at: row.int_opt(3)?.map(seconds),
        })
    });
    let all = all.await?;
    // A statement in which one has no part is as one that is not there.
    if first && all.is_empty() {
        return Err(none());
    }
    Ok(page(ask, limit, all, |one| one.id.clone()))
}
