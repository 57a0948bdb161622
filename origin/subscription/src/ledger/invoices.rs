//! Invoices, as the provider writes them: numbers, lines and tax are its own.
//!
//! An invoice only goes on: a draft is opened, an open one is given up, voided or paid. So what has gone on furthest is
//! kept, and of two that are equally far the later.

use aw_origin_data::audit;
use aw_platform::{Error, Platform, Result, Sql, SqlExt, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Changed, Told, plan, user};
use crate::{
    ask::at,
    provider::{Invoice, Link},
};

/// A line of an invoice.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// What it is for.
    pub(crate) description: String,
    /// In minor units, before discounts and tax.
    pub(crate) amount: i64,
    /// How many.
    pub(crate) quantity: i64,
    /// From when, RFC 3339.
    pub(crate) from: Option<String>,
    /// Until when, RFC 3339.
    pub(crate) until: Option<String>,
}

/// How far it has come, in SQL: `status` of a row.
macro_rules! rank {
    ($table:literal) => {
        concat!("array_position('{draft,open,uncollectible,void,paid}'::text[], ", $table, ".status)")
    };
}

/// Keeps what is told of an invoice.
pub(super) async fn invoice<P: Platform, S: Sql>(p: &P, sql: &S, told: Told, object: &Invoice) -> Result<Changed> {
    let status = object.status.as_deref().unwrap_or("draft");
    if !["draft", "open", "uncollectible", "void", "paid"].contains(&status) {
        return Ok(Changed::default());
    }
    let details = object.subscription_details.as_ref().and_then(|details| details.metadata.clone());
    let mut metadata = object.metadata.clone().unwrap_or_default();
    metadata.extend(details.unwrap_or_default());
    let plan = plan(sql, metadata.get("plan"), None).await?;
    let user = user(sql, metadata.get("user"), object.customer.as_ref()).await?;
    let named = metadata.get("grants").filter(|grants| crate::checks::grants("", grants).is_ok()).cloned();
    let grants = named.or_else(|| plan.map(|(_, grants)| grants));
    let lines: Vec<Line> = object.lines.data.iter().map(line).collect();
    let discount = object.total_discount_amounts.iter().flatten().map(|amount| amount.amount).sum::<i64>();
    let details = json!({ "user": user, "subscription": object.subscription.as_ref().map(Link::id), "grants": grants,
        "amount": object.amount_paid, "currency": object.currency.to_ascii_uppercase() });
    let row: [Value; 18] = [
        (&object.id).into(),
        object.number.as_ref().into(),
        user.as_ref().into(),
        object.subscription.as_ref().map(Link::id).into(),
        grants.into(),
        status.into(),
        object.currency.to_ascii_uppercase().into(),
        object.subtotal.into(),
        discount.into(),
        object.tax.unwrap_or(0).into(),
        object.total.into(),
        object.amount_paid.into(),
        serde_json::to_string(&json!(lines)).map_err(|e| Error::internal(e.to_string()))?.into(),
        object.payment_intent.as_ref().map(Link::id).into(),
        object.hosted_invoice_url.as_ref().into(),
        object.created.into(),
        object.status_transitions.as_ref().and_then(|t| t.paid_at).into(),
        told.at.into(),
    ];
    let upsert = concat!(
        "INSERT INTO invoices AS i (id, number, user_id, subscription, grants, status, currency, subtotal, discount, \
            tax, total, paid, lines, payment, url, created, paid_at, at) \
        VALUES ($1::text, $2::text, $3::text::uuid, $4::text, $5::text, $6::text, $7::text, $8::bigint, $9::bigint, \
            $10::bigint, $11::bigint, $12::bigint, $13::text, $14::text, $15::text, $16::bigint, $17::bigint, \
            $18::bigint) \
        ON CONFLICT (id) DO UPDATE SET number = excluded.number, user_id = excluded.user_id, \
            subscription = excluded.subscription, grants = excluded.grants, status = excluded.status, \
            currency = excluded.currency, subtotal = excluded.subtotal, discount = excluded.discount, \
            tax = excluded.tax, total = excluded.total, paid = excluded.paid, lines = excluded.lines, \
            payment = excluded.payment, url = excluded.url, created = excluded.created, paid_at = excluded.paid_at, \
            at = excluded.at, version = i.version + 1 \
        WHERE (",
        rank!("i"),
        ", i.at) < (",
        rank!("excluded"),
        ", excluded.at)"
    );
    // Of two who tell at once the second sees what the first has told.
    let lock = "SELECT pg_advisory_xact_lock(hashtext('invoice ' || $1::text))";
    sql.execute(lock, &[(&object.id).into()]).await?;
    let statement = "SELECT 1::bigint FROM invoices WHERE id = $1::text AND status = $2::text AND paid = $3::bigint \
        AND total = $4::bigint AND payment IS NOT DISTINCT FROM $5::text";
    let same = [row[0].clone(), row[5].clone(), row[11].clone(), row[10].clone(), row[13].clone()];
    let same = sql.query_opt(statement, &same).await?.is_some();
    let paid = "SELECT 1::bigint FROM invoices WHERE id = $1::text AND status = 'paid'";
    let was_paid = sql.query_opt(paid, &[(&object.id).into()]).await?.is_some();
    let kept = sql.execute(upsert, &row).await? > 0;
    // One of nothing, such as a trial's, is no payment.
    if kept && !was_paid && status == "paid" && object.amount_paid > 0 {
        audit::record(p, sql, super::ACTOR, "subscription.payment.received", &object.id, details).await?;
    }
    let changed = kept && !same;
    Ok(Changed { changed, users: user.into_iter().collect() })
}

fn line(line: &crate::provider::Line) -> Line {
    Line {
        description: line.description.clone().unwrap_or_default(),
        amount: line.amount,
        quantity: line.quantity.unwrap_or(1),
        from: line.period.as_ref().map(|period| at(period.start.saturating_mul(1000))),
        until: line.period.as_ref().map(|period| at(period.end.saturating_mul(1000))),
    }
}
