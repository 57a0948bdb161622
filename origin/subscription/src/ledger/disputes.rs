//! Disputes: a reader's bank takes a payment back, or wants to.
//!
//! One is open, or decided; it only goes on. So the later by the provider's time is kept, what is decided before what is
//! open, and of two of the same second the one that is further: whatever the order in which they are told.

use aw_origin_data::audit;
use aw_platform::{Platform, Result, Sql, SqlExt, Value};
use serde_json::json;

use super::{Changed, Told, payments::readers};
use crate::provider::{Dispute, Link};

/// Those that are known, in the order in which one goes on: an inquiry (`warning_…`) can become a dispute.
const STATUSES: [&str; 7] = [
    "warning_needs_response",
    "warning_under_review",
    "needs_response",
    "under_review",
    "warning_closed",
    "lost",
    "won",
];

/// How far a row has come, in SQL: all that is decided is equally far, and goes on by time alone.
macro_rules! rank {
    ($table:literal) => {
        concat!(
            "(",
            $table,
            ".status IN ('warning_closed', 'lost', 'won'), ",
            $table,
            ".at, array_position('{warning_needs_response,warning_under_review,needs_response,under_review,\
                warning_closed,lost,won}'::text[], ",
            $table,
            ".status))"
        )
    };
}

/// The name of what happened.
fn event(status: &str) -> &'static str {
    match status {
        "lost" => "subscription.payment.dispute-lost",
        "won" | "warning_closed" => "subscription.payment.dispute-won",
        _ => "subscription.payment.disputed",
    }
}

/// Keeps what is told of a dispute.
pub(super) async fn dispute<P: Platform, S: Sql>(p: &P, sql: &S, told: Told, object: &Dispute) -> Result<Changed> {
    let status = object.status.as_str();
    if !STATUSES.contains(&status) {
        return Ok(Changed::default());
    }
    let payment = object.payment_intent.as_ref().unwrap_or(&object.charge);
    let payment = Link::id(payment);
    // Of two who tell at once the second sees what the first has told.
    let lock = "SELECT pg_advisory_xact_lock(hashtext('dispute ' || $1::text))";
    sql.execute(lock, &[(&object.id).into()]).await?;
    let same =
        "SELECT 1::bigint FROM payment_disputes WHERE id = $1::text AND status = $2::text AND amount = $3::bigint";
    let amount = object.amount.max(0);
    let same = sql.query_opt(same, &[(&object.id).into(), status.into(), amount.into()]).await?.is_some();
    let currency = object.currency.to_ascii_uppercase();
    let row: [Value; 7] = [
        (&object.id).into(),
        payment.into(),
        amount.into(),
        (&currency).into(),
        status.into(),
        object.created.into(),
        told.at.into(),
    ];
    let upsert = concat!(
        "INSERT INTO payment_disputes AS d (id, payment, amount, currency, status, created, at) \
        VALUES ($1::text, $2::text, $3::bigint, $4::text, $5::text, $6::bigint, $7::bigint) \
        ON CONFLICT (id) DO UPDATE SET payment = excluded.payment, amount = excluded.amount, \
            currency = excluded.currency, status = excluded.status, at = excluded.at WHERE ",
        rank!("d"),
        " < ",
        rank!("excluded")
    );
    let changed = sql.execute(upsert, &row).await? > 0 && !same;
    if changed {
        let details = json!({ "dispute": object.id, "status": status, "amount": amount, "currency": currency });
        audit::record(p, sql, super::ACTOR, event(status), payment, details).await?;
    }
    Ok(Changed { changed, users: readers(sql, payment).await? })
}
