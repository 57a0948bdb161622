//! What is paid once, and what of any payment is given back. Both only ever add: a purchase is there or not, and more
//! of it is given back or not. So they may be told in any order.

use aw_origin_data::audit;
use aw_platform::{Error, Platform, Result, Sql, SqlExt, SqlPlatform, Value};
use serde_json::json;

use super::{Changed, Told, plan, user};
use crate::{
    catalogue::{gifts, plans::Interval},
    press::Press,
    provider::{Charge, Link, Session},
};

/// Keeps what is told of a session at the page that takes payments.
pub(super) async fn session<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql, object: &Session) -> Result<Changed> {
    let metadata = object.metadata.clone().unwrap_or_default();
    let status = match object.status.as_deref() {
        Some("complete") => "complete",
        Some("expired") => "expired",
        _ => return Ok(Changed::default()),
    };
    // One that is complete stays so, and one that has expired can have been completed in its last moment.
    let update = "UPDATE checkouts SET status = $2::text WHERE session = $1::text AND status <> 'complete' \
        AND status <> $2::text";
    let told = sql.execute(update, &[(&object.id).into(), status.into()]).await? > 0;
    let paid = matches!(object.payment_status.as_str(), "paid" | "no_payment_required");
    if object.mode != "payment" || !paid || status != "complete" {
        return Ok(Changed { changed: told, users: Vec::new() });
    }
    let plan = plan(sql, metadata.get("plan"), None).await?;
    let user = user(sql, metadata.get("user"), object.customer.as_ref()).await?;
    let named = metadata.get("grants").filter(|grants| crate::checks::grants("", grants).is_ok()).cloned();
    let Some(grants) = named.or_else(|| plan.as_ref().map(|(_, grants)| grants.clone())) else {
        // Sold by other means than ours.
        return Ok(Changed { changed: told, users: Vec::new() });
    };
    let gift = metadata.get("gift").is_some_and(|gift| gift == "true");
    let payment = object.payment_intent.as_ref().map_or_else(|| object.id.clone(), |p| p.id().to_owned());
    let checkout = metadata.get("checkout").filter(|id| id.parse::<uuid::Uuid>().is_ok());
    let row: [Value; 10] = [
        (&payment).into(),
        user.as_ref().into(),
        checkout.into(),
        plan.as_ref().map(|(id, _)| id).into(),
        (&grants).into(),
        gift.into(),
        object.amount_total.unwrap_or_default().into(),
        object.total_details.as_ref().map_or(0, |totals| totals.amount_tax).into(),
        object.currency.as_deref().unwrap_or_default().to_ascii_uppercase().into(),
        object.created.into(),
    ];
    let insert = "INSERT INTO purchases (payment, user_id, checkout, plan, grants, gift, amount, tax, currency, paid_at) \
        VALUES ($1::text, $2::text::uuid, $3::text::uuid, $4::text::uuid, $5::text, $6::boolean, $7::bigint, \
            $8::bigint, $9::text, $10::bigint) ON CONFLICT (payment) DO NOTHING";
    let new = sql.execute(insert, &row).await? > 0;
    if new {
        let details = json!({ "user": user, "grants": grants, "gift": gift, "amount": object.amount_total,
            "currency": object.currency.as_deref().unwrap_or_default().to_ascii_uppercase() });
        audit::record(press.p, sql, super::ACTOR, "subscription.payment.received", &payment, details).await?;
    }
    if new
        && gift
        && let Some(user) = &user
    {
        let months = months(sql, plan.as_ref().map(|(id, _)| id), &grants).await?;
        gifts::bought(press, sql, (&payment, user, &grants), months).await?;
    }
    Ok(Changed { changed: told || new, users: user.into_iter().collect() })
}

/// For how long a gift of a plan is.
async fn months<S: Sql>(sql: &S, plan: Option<&String>, grants: &str) -> Result<Option<i64>> {
    if grants.starts_with("book:") {
        return Ok(None);
    }
    let statement = "SELECT interval FROM plans WHERE id = $1::text::uuid";
    let row = sql.query_opt(statement, &[plan.into()]).await?;
    let year = row.map(|row| Ok::<_, Error>(row.text(0)? == Interval::Year.name())).transpose()?.unwrap_or(false);
    Ok(Some(if year { 12 } else { 1 }))
}

/// Keeps what is told of a charge: what of it was given back.
pub(super) async fn charge<P: Platform, S: Sql>(p: &P, sql: &S, told: Told, object: &Charge) -> Result<Changed> {
    if object.amount_refunded <= 0 {
        return Ok(Changed::default());
    }
    let payment = object.payment_intent.as_ref().map_or(object.id.as_str(), Link::id);
    let row: [Value; 4] =
        [payment.into(), object.amount_captured.into(), object.amount_refunded.into(), told.at.into()];
    let upsert = "INSERT INTO payment_refunds AS r (payment, captured, refunded, at) \
        VALUES ($1::text, $2::bigint, $3::bigint, $4::bigint) ON CONFLICT (payment) DO UPDATE SET \
            refunded = excluded.refunded, at = excluded.at WHERE r.refunded < excluded.refunded";
    let changed = sql.execute(upsert, &row).await? > 0;
    if changed {
        let details = json!({ "refunded": object.amount_refunded, "captured": object.amount_captured });
        audit::record(p, sql, super::ACTOR, "subscription.payment.refunded", payment, details).await?;
    }
    Ok(Changed { changed, users: readers(sql, payment).await? })
}

/// Who reads for a payment: who paid it, and who redeemed what was bought.
pub(super) async fn readers<S: Sql>(sql: &S, payment: &str) -> Result<Vec<String>> {
    let statement = "SELECT user_id::text FROM purchases WHERE payment = $1::text AND user_id IS NOT NULL \
        UNION SELECT user_id::text FROM invoices WHERE payment = $1::text AND user_id IS NOT NULL \
        UNION SELECT redeemed_by::text FROM gifts WHERE payment = $1::text AND redeemed_by IS NOT NULL ORDER BY 1";
    let rows = sql.query(statement, &[payment.into()]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}
