//! What becomes of a mail that was tried.

use aw_origin_data::backoff;
use aw_platform::{Platform, Result, Sql, Value};

use crate::{claim::Claimed, transport::Outcome};

/// How often a mail is tried before it is given up: within about six hours.
const MOST: i64 = 10;

/// A link in a mail is a key to an account: what was sent is kept without it.
const SENT: &str = "UPDATE mails SET state = 'sent', sent_at = now(), text = '', html = '', error = NULL \
    WHERE id = $1::text::uuid AND state = 'waiting'";
const DEAD: &str = "UPDATE mails SET state = 'dead', text = '', html = '', error = $2::text \
    WHERE id = $1::text::uuid AND state = 'waiting'";
const AGAIN: &str = "UPDATE mails SET error = $2::text, due_at = now() + $3::bigint * interval '1 millisecond' \
    WHERE id = $1::text::uuid AND state = 'waiting'";

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Sent,
    Failed,
    Dead,
}

/// Writes down how an attempt went.
pub(crate) async fn settle<P: Platform, S: Sql>(p: &P, sql: &S, mail: &Claimed, outcome: &Outcome) -> Result<End> {
    let id = || Value::from(&mail.id);
    let (why, last) = match outcome {
        Outcome::Sent => return sql.execute(SENT, &[id()]).await.map(|_| End::Sent),
        Outcome::Refused(why) => (why, true),
        Outcome::Failed(why) => (why, mail.attempts >= MOST),
    };
    let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    if last {
        return sql.execute(DEAD, &[id(), why.into()]).await.map(|_| End::Dead);
    }
    sql.execute(AGAIN, &[id(), why.into(), backoff::OTHERS.wait(p, mail.attempts).into()]).await.map(|_| End::Failed)
}
