//! Who changed what; and, by the same call, the event of it.

use aw_platform::{Platform, Result, Sql, Value, uuid_v7};

use crate::events;

/// One statement, so that there is never one row without the other.
const RECORD: &str = "WITH event AS ( \
        INSERT INTO events (id, name, subject, actor, data) \
        VALUES ($1::text::uuid, $3::text, $4::text, $2::text, $6::text)) \
    INSERT INTO audit (id, actor, action, subject, details) \
    VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::text)";

/// Writes one line of the audit trail and one event, in the transaction of what they tell of: both have the same id,
/// and the event tells integrations what the trail keeps. So `details` has nothing that an owner may not see.
///
/// `actor` is a user's id or `operator`, `action` is `service.resource.action`, `subject` the id of what was changed.
///
/// # Errors
/// The database refuses it.
pub async fn record<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    actor: &str,
    action: &'static str,
    subject: &str,
    details: serde_json::Value,
) -> Result<()> {
    let details = details.to_string();
    let data = events::data(&details);
    let row: [Value; 6] =
        [uuid_v7(p).into(), actor.into(), action.into(), subject.into(), (&details).into(), data.into()];
    sql.execute(RECORD, &row).await.map(drop)
}
