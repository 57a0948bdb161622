//! Claiming rows of the outbox.

use aw_platform::{Result, Sql};

/// A row that this pusher has for the length of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claimed {
    pub(super) key: String,
    pub(super) value: Value,
    /// This one included.
    pub(super) attempts: i64,
    /// The edge's failures in a row.
    pub(super) failures: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A part of an object.
    Part,
    /// A record as it is now, which may be newer than when its row was written.
    Record { version: i64, json: Option<String> },
}

impl Claimed {
    /// What is delivered.
    pub(super) fn version(&self) -> i64 {
        match self.value {
            Value::Part => 0,
            Value::Record { version, .. } => version,
        }
    }
}

/// The lease is longer than any delivery takes: a pusher that dies is followed by another after it. What of a batch
/// comes first holds back the rest, unless it has failed too often to be waited for.
const CLAIM: &str = "\
    WITH due AS ( \
        SELECT o.key, e.failures FROM outbox o JOIN edges e ON e.name = o.edge \
        WHERE o.edge = $1::text AND o.due_at <= now() AND e.due_at <= now() \
            AND ($3::boolean OR o.kind = 'record') \
            AND (o.rank = 0 OR o.batch IS NULL OR NOT EXISTS ( \
                SELECT 1 FROM outbox b \
                WHERE b.edge = o.edge AND b.batch = o.batch AND b.rank < o.rank AND b.attempts < 6)) \
        ORDER BY o.rank, o.due_at LIMIT $2::bigint FOR UPDATE OF o SKIP LOCKED), \
    claimed AS ( \
        UPDATE outbox o SET due_at = now() + interval '60 seconds', attempts = o.attempts + 1 \
        FROM due WHERE o.edge = $1::text AND o.key = due.key \
        RETURNING o.key, o.kind, o.rank, o.attempts, due.failures) \
    SELECT c.key, c.kind, c.attempts, c.failures, r.version, r.json \
    FROM claimed c LEFT JOIN records r ON r.key = c.key AND c.kind = 'record' ORDER BY c.rank, c.key";

/// Claims up to `limit` rows that are due for `edge`; records only, where `objects` is false.
pub(super) async fn claim<S: Sql>(sql: &S, edge: &str, limit: usize, objects: bool) -> Result<Vec<Claimed>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = sql.query(CLAIM, &[edge.into(), limit.into(), objects.into()]).await?;
    rows.iter()
        .map(|row| {
            let value = match row.text(1)? {
                "object" => Value::Part,
                _ => Value::Record { version: row.int(4)?, json: row.text_opt(5)?.map(str::to_owned) },
            };
            Ok(Claimed { key: row.text(0)?.to_owned(), value, attempts: row.int(2)?, failures: row.int(3)? })
        })
        .collect()
}
