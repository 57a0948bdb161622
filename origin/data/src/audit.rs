//! Who changed what.

use aw_platform::{Platform, Result, Sql, Value, uuid_v7};

/// Writes one line of the audit trail, in the transaction of what it tells of.
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
    let row: [Value; 5] = [uuid_v7(p).into(), actor.into(), action.into(), subject.into(), details.to_string().into()];
    let statement = "INSERT INTO audit (id, actor, action, subject, details) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::text)";
    sql.execute(statement, &row).await.map(drop)
}
