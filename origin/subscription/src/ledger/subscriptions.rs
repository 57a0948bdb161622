//! Subscriptions.
//!
//! What was told later in the provider's time is kept, but for what has ended: that stays so, whatever is told. Two
//! that were told of the same second, or nearly, and differ cannot be put in order: then the provider is asked.

use aw_origin_data::audit;
use aw_platform::{Platform, Result, Row, Sql, SqlExt, Value};
use serde_json::json;

use super::{Changed, Told, plan, user};
use crate::{entitlements, provider::Subscription};

/// Within so many seconds what was told before and after is not told apart.
const CLOSE: i64 = 2;

/// A subscription as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    status: String,
    period_start: i64,
    period_end: i64,
    trial_end: Option<i64>,
    cancel_at_period_end: bool,
}

/// What to do with what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Merge {
    /// Nothing: what is there is as new.
    Keep,
    /// Nothing, but ask the provider.
    Ask,
    /// Keep it in place of what is there.
    Replace,
    /// The same, and ask the provider.
    ReplaceAndAsk,
}

fn has_ended(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

/// Decides between what is there, told at `at`, and what is told now.
fn merge(there: &Kept, at: i64, new: &Kept, told: Told) -> Merge {
    match (has_ended(&there.status), has_ended(&new.status)) {
        // It never lives again.
        (true, false) => return Merge::Keep,
        (false, true) => return Merge::Replace,
        _ => {}
    }
    let same = there == new;
    match told.at - at {
        later if later > CLOSE || (later > 0 && (told.asked || same)) => Merge::Replace,
        // The one that is asked has the last word, but for what happened in the very second of its answer. Of two that
        // were told of the same second the one that comes later is the likelier, until the provider is asked.
        later if later > 0 || (later == 0 && !same) => Merge::ReplaceAndAsk,
        0 if told.asked => Merge::Replace,
        earlier if earlier >= -CLOSE && !same && !told.asked => Merge::Ask,
        _ => Merge::Keep,
    }
}

/// The name of what happened to a subscription.
fn event(before: Option<&str>, now: &str) -> &'static str {
    match (before.map(has_ended), has_ended(now)) {
        (Some(false) | None, true) => "subscription.subscription.ended",
        (None, false) => "subscription.subscription.started",
        _ => "subscription.subscription.changed",
    }
}

/// Keeps what is told of a subscription.
pub(super) async fn subscription<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    told: Told,
    object: &Subscription,
) -> Result<Changed> {
    let (period_start, period_end) = object.period();
    let new = Kept {
        status: object.status.clone(),
        period_start,
        period_end,
        trial_end: object.trial_end,
        cancel_at_period_end: object.cancel_at_period_end,
    };
    let plan = plan(sql, object.metadata.get("plan"), object.price()).await?;
    let user = user(sql, object.metadata.get("user"), Some(&object.customer)).await?;
    let named = object.metadata.get("grants").filter(|grants| crate::checks::grants("", grants).is_ok());
    let grants = named.cloned().or_else(|| plan.as_ref().map(|(_, grants)| grants.clone()));
    // Whoever deletes the account comes before, or finds what is kept here: it is ended either way.
    let gone = match &user {
        Some(user) => entitlements::lock(sql, user).await?.unwrap_or(false),
        None => false,
    };
    // Of two who tell at once the second sees what the first has told.
    let lock = "SELECT pg_advisory_xact_lock(hashtext('subscription ' || $1::text))";
    sql.execute(lock, &[(&object.id).into()]).await?;
    let statement = "SELECT status, period_start, period_end, trial_end, cancel_at_period_end, at, user_id::text, grants, \
        doubtful FROM subscriptions WHERE id = $1::text FOR UPDATE";
    let there = sql.query_opt(statement, &[(&object.id).into()]).await?;
    let decided = there.as_ref().map(|row| Ok::<_, aw_platform::Error>(merge(&kept(row)?, row.int(5)?, &new, told)));
    let mut users: Vec<String> = user.iter().cloned().collect();
    if let Some(before) = there.as_ref().map(|row| row.text_opt(6)).transpose()?.flatten() {
        users.push(before.to_owned());
    }
    users.dedup();
    let ask = match decided.transpose()? {
        Some(Merge::Keep) => return Ok(Changed { changed: false, users }),
        Some(Merge::Ask) => {
            let doubt = "UPDATE subscriptions SET doubtful = true WHERE id = $1::text";
            sql.execute(doubt, &[(&object.id).into()]).await?;
            return Ok(Changed { changed: false, users });
        }
        Some(Merge::ReplaceAndAsk) => true,
        Some(Merge::Replace) | None => false,
    };
    let changed = match &there {
        None => true,
        Some(row) => kept(row)? != new || row.text_opt(6)? != user.as_deref() || row.text_opt(7)? != grants.as_deref(),
    };
    if changed {
        let before = there.as_ref().map(|row| row.text(0)).transpose()?;
        let details = json!({ "user": user, "grants": grants, "status": new.status, "periodEnd": period_end,
            "cancelAtPeriodEnd": new.cancel_at_period_end });
        audit::record(p, sql, super::ACTOR, event(before, &new.status), &object.id, details).await?;
    }
    let end = gone && !has_ended(&new.status);
    let row: [Value; 12] = [
        (&object.id).into(),
        user.into(),
        plan.map(|(id, _)| id).into(),
        grants.into(),
        new.status.into(),
        period_start.into(),
        period_end.into(),
        new.trial_end.into(),
        new.cancel_at_period_end.into(),
        told.at.into(),
        ask.into(),
        end.into(),
    ];
    let upsert = "INSERT INTO subscriptions AS s (id, user_id, plan, grants, status, period_start, period_end, trial_end, \
            cancel_at_period_end, at, doubtful, end_due) \
        VALUES ($1::text, $2::text::uuid, $3::text::uuid, $4::text, $5::text, $6::bigint, $7::bigint, $8::bigint, \
            $9::boolean, $10::bigint, $11::boolean, CASE WHEN $12::boolean THEN now() END) \
        ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, plan = excluded.plan, grants = excluded.grants, \
            status = excluded.status, period_start = excluded.period_start, period_end = excluded.period_end, \
            trial_end = excluded.trial_end, cancel_at_period_end = excluded.cancel_at_period_end, at = excluded.at, \
            doubtful = excluded.doubtful, updated_at = now(), \
            end_due = CASE WHEN $12::boolean THEN coalesce(s.end_due, now()) END";
    sql.execute(upsert, &row).await?;
    Ok(Changed { changed, users })
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        status: row.text(0)?.to_owned(),
        period_start: row.int(1)?,
        period_end: row.int(2)?,
        trial_end: row.int_opt(3)?,
        cancel_at_period_end: row.bool(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(status: &str, period_end: i64) -> Kept {
        Kept { status: status.into(), period_start: 0, period_end, trial_end: None, cancel_at_period_end: false }
    }

    #[test]
    fn what_has_ended_never_lives_again() {
        let (ended, alive) = (state("canceled", 9), state("active", 9));
        for asked in [false, true] {
            for at in [0, 100, 1000] {
                assert_eq!(merge(&ended, 100, &alive, Told { at, asked }), Merge::Keep);
                assert_eq!(merge(&alive, 100, &ended, Told { at, asked }), Merge::Replace);
            }
        }
    }

    #[test]
    fn the_later_is_kept_and_what_is_close_is_asked() {
        let (a, b) = (state("active", 9), state("past_due", 9));
        let told = |at| Told { at, asked: false };
        let asked = |at| Told { at, asked: true };
        assert_eq!(merge(&a, 100, &b, told(103)), Merge::Replace);
        assert_eq!(merge(&a, 100, &b, told(97)), Merge::Keep);
        assert_eq!(merge(&a, 100, &b, told(101)), Merge::ReplaceAndAsk);
        assert_eq!(merge(&a, 100, &b, told(100)), Merge::ReplaceAndAsk);
        assert_eq!(merge(&a, 100, &b, told(98)), Merge::Ask);
        assert_eq!(merge(&a, 100, &a, told(98)), Merge::Keep);
        assert_eq!(merge(&a, 100, &b, asked(101)), Merge::Replace);
        assert_eq!(merge(&a, 100, &b, asked(100)), Merge::ReplaceAndAsk);
        assert_eq!(merge(&a, 100, &a, asked(100)), Merge::Replace);
        assert_eq!(merge(&a, 100, &b, asked(99)), Merge::Keep);
    }
}
