//! What happened in a tenant, in an order that a reader can page by without ever missing a row.
//!
//! A write's transaction adds its event without a position ([`crate::audit::record`]), and waits for nobody.
//! Whoever is about to read gives positions to the events that it can see, so to those that are committed
//! ([`number`]): one at a time, holding the lock of the row with the last position until the new ones are committed.
//! So a position is never seen before a lower one, whatever the order in which writers commit, and a reader that has
//! seen everything up to a position asks only for what comes after it. Of two events of which the second was written
//! when the first was committed, the second has the higher position.
//!
//! Unlike an order by transaction ids, this one survives a move to another server, is not held up by a long
//! transaction in some other database, and follows the order of commits.

use aw_platform::{ApiError, Error, Result, Row, Sql, SqlExt, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;

/// The longest data of an event, in bytes of JSON.
const LONGEST: usize = 16_384;
/// How many events get their positions in one transaction.
const AT_ONCE: i64 = 1000;
/// For how many days an event is kept.
pub const KEPT_DAYS: i64 = 30;
/// How many old events one call of [`forget`] removes.
const FORGOTTEN: i64 = 500;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// A UUID: told again, the event has the same.
    pub id: String,
    /// Its place among all the tenant's events, which later ones have higher: for `after`.
    pub cursor: String,
    /// `service.resource.action`
    pub name: String,
    /// The id of what it happened to.
    pub subject: String,
    /// Whose doing it was: a user's id, or `operator`, or `payments`.
    pub actor: String,
    /// What else there is to say: depends on the name.
    pub data: serde_json::Value,
    /// When, RFC 3339.
    pub at: String,
    /// The cursor as a number.
    #[serde(skip)]
    pub position: i64,
}

/// An event's data: the audit's details, where they are not too long to be told to everybody.
pub(crate) fn data(details: &str) -> &str {
    if details.len() <= LONGEST { details } else { r#"{"omitted":true}"# }
}

/// Gives positions to all committed events that have none; gives the last position. `sql` is in no transaction.
///
/// # Errors
/// The database cannot be asked.
pub async fn number<S: Sql>(sql: &S) -> Result<i64> {
    let find = "SELECT last, EXISTS (SELECT 1 FROM events WHERE position IS NULL) FROM event_positions";
    let row = sql.query_opt(find, &[]).await?.ok_or_else(nowhere)?;
    let (mut last, mut new) = (row.int(0)?, row.bool(1)?);
    while new {
        (last, new) = sql.transaction(async |sql| some(sql).await).await?;
    }
    Ok(last)
}

fn nowhere() -> Error {
    Error::internal("event_positions has no row")
}

/// Gives positions to some; gives the last position, and whether there may be more.
async fn some<S: Sql>(sql: &S) -> Result<(i64, bool)> {
    let lock = "SELECT last FROM event_positions FOR UPDATE";
    let last = sql.query_opt(lock, &[]).await?.ok_or_else(nowhere)?.int(0)?;
    // A statement of its own: it must see what those before us, who were waited for, have numbered.
    let number = "UPDATE events e SET position = $1::bigint + new.n FROM ( \
            SELECT id, row_number() OVER (ORDER BY written) AS n FROM events \
            WHERE position IS NULL ORDER BY written LIMIT $2::bigint) AS new \
        WHERE e.id = new.id";
    let count = sql.execute(number, &[last.into(), AT_ONCE.into()]).await?;
    let count = i64::try_from(count).unwrap_or(AT_ONCE);
    sql.execute("UPDATE event_positions SET last = last + $1::bigint", &[count.into()]).await?;
    Ok((last + count, count == AT_ONCE))
}

/// Up to `limit` events behind the position `after`, in their order; of those that have positions.
///
/// # Errors
/// The database cannot be asked.
pub async fn after<S: Sql>(sql: &S, after: i64, limit: u32) -> Result<Vec<Event>> {
    let select = "SELECT id::text, position, name, subject, actor, data, (extract(epoch FROM at) * 1000)::bigint \
        FROM events WHERE position > $1::bigint ORDER BY position LIMIT $2::bigint";
    sql.query(select, &[after.into(), limit.into()]).await?.iter().map(event).collect()
}

fn event(row: &Row) -> Result<Event> {
    let position = row.int(1)?;
    Ok(Event {
        id: row.text(0)?.to_owned(),
        cursor: position.to_string(),
        name: row.text(2)?.to_owned(),
        subject: row.text(3)?.to_owned(),
        actor: row.text(4)?.to_owned(),
        data: serde_json::from_str(row.text(5)?).map_err(|e| Error::internal(format!("an event's data: {e}")))?,
        at: rfc3339(row.int(6)?.unsigned_abs()),
        position,
    })
}

/// A page of the feed: up to `limit` events behind a cursor, or the oldest that are kept. `sql` is in no transaction.
///
/// # Errors
/// 400 `REQUEST_QUERY_INVALID` for a cursor that is none; 410 `EVENT_CURSOR_GONE` for one behind which events have been
/// forgotten, with one to go on from; the database cannot be asked.
pub async fn page<S: Sql>(sql: &S, cursor: Option<&str>, limit: u32) -> Result<Vec<Event>, ApiError> {
    let last = number(sql).await?;
    let none = || ApiError::bad_request("REQUEST_QUERY_INVALID", "after must be the cursor of an event");
    let digits = |text: &&str| text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    let cursor: Option<i64> = match cursor {
        Some(text) => {
            Some(Some(text).filter(digits).and_then(|t| t.parse().ok()).filter(|n| *n <= last).ok_or_else(none)?)
        }
        None => None,
    };
    let found = after(sql, cursor.unwrap_or(0), limit).await?;
    // Looked at after the page was read: what is forgotten in between is told of.
    let row = sql.query_opt("SELECT forgotten FROM event_positions", &[]).await?.ok_or_else(nowhere)?;
    let forgotten = row.int(0)?;
    if cursor.is_some_and(|cursor| cursor < forgotten) {
        let why = format!("events are kept for {KEPT_DAYS} days, and some after this cursor are no more");
        let details = serde_json::json!({ "after": forgotten.to_string() });
        return Err(ApiError::new(410, "EVENT_CURSOR_GONE", why).details(details));
    }
    Ok(found)
}

/// Forgets some of what is older than [`KEPT_DAYS`]; how many.
///
/// # Errors
/// The database refuses it.
pub async fn forget<S: Sql>(sql: &S) -> Result<u64> {
    let statement = "WITH oldest AS ( \
            SELECT id, at FROM events WHERE position IS NOT NULL ORDER BY position LIMIT $1::bigint), \
        gone AS ( \
            DELETE FROM events e USING oldest o \
            WHERE e.id = o.id AND o.at < now() - $2::bigint * interval '1 day' RETURNING e.position), \
        told AS ( \
            UPDATE event_positions SET forgotten = greatest(forgotten, (SELECT max(position) FROM gone)) \
            WHERE EXISTS (SELECT 1 FROM gone)) \
        SELECT count(*) FROM gone";
    let row = sql.query_opt(statement, &[FORGOTTEN.into(), KEPT_DAYS.into()]).await?;
    row.map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_too_long_is_left_out() {
        let long = format!("\"{}\"", "x".repeat(super::LONGEST));
        assert_eq!((super::data("{}"), super::data(&long)), ("{}", r#"{"omitted":true}"#));
    }
}
