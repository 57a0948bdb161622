//! Claiming mails that are due.

use aw_platform::{Result, Sql, SqlExt};

/// A mail that this worker has for the length of a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) sender: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// This one included.
    pub(crate) attempts: i64,
}

/// The lease is longer than any attempt takes: a worker that dies is followed by another after it.
const CLAIM: &str = "\
    WITH due AS ( \
        SELECT id FROM mails WHERE state = 'waiting' AND due_at <= now() AND expires_at > now() \
        ORDER BY due_at LIMIT $1::bigint FOR UPDATE SKIP LOCKED) \
    UPDATE mails m SET due_at = now() + interval '120 seconds', attempts = m.attempts + 1 \
    FROM due WHERE m.id = due.id \
    RETURNING m.id::text, m.address, m.sender, m.subject, m.text, m.html, m.attempts";

/// What waited too long to be worth sending.
const EXPIRE: &str = "UPDATE mails SET state = 'dead', text = '', html = '', error = 'not sent in time' \
    WHERE state = 'waiting' AND expires_at <= now()";

/// How long a mail is kept that is done with, in days.
const KEPT: i64 = 30;

/// Whether there is anything to send or to sweep: of most tenants, most of the time, this is all that is asked.
pub(crate) async fn is_due<S: Sql>(sql: &S) -> Result<bool> {
    let find = "SELECT EXISTS (SELECT 1 FROM mails WHERE state = 'waiting' AND (due_at <= now() OR expires_at <= now())) \
        OR EXISTS (SELECT 1 FROM mails WHERE created_at < now() - $1::bigint * interval '1 day')";
    sql.query_opt(find, &[KEPT.into()]).await?.map_or(Ok(false), |row| row.bool(0))
}

/// Claims up to `limit` mails.
pub(crate) async fn claim<S: Sql>(sql: &S, limit: u32) -> Result<Vec<Claimed>> {
    let rows = sql.query(CLAIM, &[limit.into()]).await?;
    rows.iter()
        .map(|row| {
            let text = |column| row.text(column).map(str::to_owned);
            Ok(Claimed {
                id: text(0)?,
                address: text(1)?,
                sender: text(2)?,
                subject: text(3)?,
                text: text(4)?,
                html: text(5)?,
                attempts: row.int(6)?,
            })
        })
        .collect()
}

/// Gives up what waited too long, and forgets what is old.
pub(crate) async fn sweep<S: Sql>(sql: &S) -> Result<()> {
    sql.execute(EXPIRE, &[]).await?;
    let old = "DELETE FROM mails WHERE id IN (SELECT id FROM mails \
        WHERE created_at < now() - $1::bigint * interval '1 day' ORDER BY created_at LIMIT 200 FOR UPDATE SKIP LOCKED)";
    sql.execute(old, &[KEPT.into()]).await.map(drop)
}
