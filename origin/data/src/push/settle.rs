//! What becomes of rows that were claimed.

use aw_platform::{Platform, Result, Sql};
use serde_json::json;

use super::{claim::Claimed, deliver::Outcome};
use crate::backoff;

/// Rows are locked in the order of their keys, as those who publish lock them. One that was replaced meanwhile is
/// due at once, and its attempts are its own.
const SETTLE: &str = "\
    WITH done AS ( \
        SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS x(key text, version bigint, wait bigint, attempts bigint)), \
    held AS ( \
        SELECT o.key FROM outbox o WHERE o.edge = $1::text AND o.key IN (SELECT key FROM done) \
        ORDER BY o.key FOR UPDATE), \
    gone AS ( \
        DELETE FROM outbox o USING done d, held h \
        WHERE o.edge = $1::text AND o.key = d.key AND h.key = o.key AND d.wait IS NULL AND o.version <= d.version) \
    UPDATE outbox o SET attempts = CASE WHEN o.version > d.version THEN 0 ELSE d.attempts END, \
        due_at = now() + CASE WHEN o.version > d.version THEN 0 ELSE d.wait END * interval '1 millisecond' \
    FROM done d, held h WHERE o.edge = $1::text AND o.key = d.key AND h.key = o.key \
        AND (d.wait IS NOT NULL OR o.version > d.version)";

/// Counted once, however many pushers find out at the same time.
const ASLEEP: &str = "UPDATE edges SET failures = failures + 1, due_at = now() + $2::bigint * interval '1 millisecond' \
    WHERE name = $1::text AND due_at <= now()";
const AWAKE: &str = "UPDATE edges SET failures = 0, due_at = now() WHERE name = $1::text AND failures > 0";

/// Removes what was delivered, puts back what was not, and puts an edge that is `gone` to sleep as a whole.
pub(super) async fn settle<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    edge: &str,
    claimed: &[Claimed],
    outcomes: &[Outcome],
    gone: bool,
) -> Result<()> {
    let rows: Vec<_> = claimed
        .iter()
        .zip(outcomes)
        .map(|(row, outcome)| {
            let (wait, attempts) = match outcome {
                Outcome::Delivered => (None, row.attempts),
                // It is the edge that waits, not the row.
                Outcome::Unreachable(_) if gone => (Some(0), row.attempts - 1),
                Outcome::Untried => (Some(0), row.attempts - 1),
                _ => (Some(backoff::OURS.wait(p, row.attempts)), row.attempts),
            };
            json!({ "key": row.key, "version": row.version(), "wait": wait, "attempts": attempts })
        })
        .collect();
    sql.execute(SETTLE, &[edge.into(), json!(rows).to_string().into()]).await?;
    let failures = claimed.first().map_or(0, |row| row.failures);
    if gone {
        sql.execute(ASLEEP, &[edge.into(), backoff::OURS.wait(p, failures + 1).into()]).await?;
    } else if failures > 0 {
        sql.execute(AWAKE, &[edge.into()]).await?;
    }
    Ok(())
}
