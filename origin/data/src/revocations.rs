//! Sessions that ended before their tokens did, as edges are told.

use aw_model::{Revocation, Tenant};
use aw_platform::{Error, Result, Sql};
use aw_trust::token::{LIFE, SKEW};

use crate::records::{self, Record, Written};

/// What is listed: sessions and users by the second up to which their tokens are void, for as long as such a token
/// could be valid.
const LISTED: &str = "\
    SELECT id, at FROM ( \
        SELECT id::text AS id, extract(epoch FROM ended_at)::bigint + $1::bigint AS at FROM sessions \
            WHERE ended_at > now() - ($2::bigint * interval '1 second') \
        UNION ALL SELECT 'user:' || id::text, tokens_void_until FROM users \
            WHERE tokens_void_until > greatest(0, extract(epoch FROM now())::bigint - $2::bigint) \
    ) AS revoked ORDER BY id";

/// The tenant's revocations that matter now.
///
/// # Errors
/// The database cannot be asked.
pub async fn list<S: Sql>(sql: &S) -> Result<Vec<Revocation>> {
    let (skew, life) = (seconds(SKEW), seconds(LIFE + 2 * SKEW));
    let rows = sql.query(LISTED, &[skew.into(), life.into()]).await?;
    rows.iter().map(|row| Ok(Revocation { id: row.text(0)?.to_owned(), at: row.int(1)?.unsigned_abs() })).collect()
}

/// Writes the revocations into the records of all the tenant's hosts, in the transaction in which a session ended.
///
/// # Errors
/// The database refuses it.
pub async fn publish<S: Sql>(sql: &S) -> Result<Vec<Written>> {
    // The list is read with the records locked, so that of two who publish the second has what the first had.
    let hosts = hosts(sql).await?;
    let revoked = list(sql).await?;
    write(sql, hosts, |tenant| tenant.revoked.clone_from(&revoked)).await
}

/// Changes the records of all the tenant's hosts, in the caller's transaction.
///
/// # Errors
/// The database refuses it.
pub async fn change_hosts<S: Sql>(sql: &S, change: impl Fn(&mut Tenant)) -> Result<Vec<Written>> {
    let hosts = hosts(sql).await?;
    write(sql, hosts, change).await
}

async fn write<S: Sql>(sql: &S, hosts: Vec<(String, Tenant)>, change: impl Fn(&mut Tenant)) -> Result<Vec<Written>> {
    let changed: Result<Vec<Record>> = hosts
        .into_iter()
        .map(|(key, mut tenant)| {
            change(&mut tenant);
            Ok(Record { key, json: Some(json(&tenant)?), rank: 0 })
        })
        .collect();
    records::write(sql, &changed?, None).await
}

/// The records of the tenant's hosts, locked until the transaction ends.
pub(crate) async fn hosts<S: Sql>(sql: &S) -> Result<Vec<(String, Tenant)>> {
    let statement = "SELECT key, json FROM records WHERE key LIKE 'h/%' AND json IS NOT NULL ORDER BY key FOR UPDATE";
    let rows = sql.query(statement, &[]).await?;
    let parse = |json: &str| serde_json::from_str(json).map_err(|e| Error::internal(format!("a host's record: {e}")));
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), parse(row.text(1)?)?))).collect()
}

pub(crate) fn json(tenant: &Tenant) -> Result<String> {
    serde_json::to_string(tenant).map_err(|e| Error::internal(e.to_string()))
}

fn seconds(s: u64) -> i64 {
    i64::try_from(s).unwrap_or(i64::MAX)
}
