//! How often a password may be tried: counted in the database, so that it holds whatever runs how often.

use std::net::IpAddr;

use aw_platform::{ApiError, Result, Sql, Value};

/// The length of a window, in seconds.
const WINDOW: i64 = 900;
/// Attempts at one account in a window.
const ACCOUNT: i64 = 10;
/// Mails that one account has sent to itself in a window.
const MAILS: i64 = 3;
/// Attempts from one address in a window: many people can share one.
const ADDRESS: i64 = 100;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    name: String,
    limit: i64,
}

impl Bucket {
    /// Logins to an account, whether there is one or not.
    pub(crate) fn account(email: &str) -> Self {
        Self { name: format!("account:{email}"), limit: ACCOUNT }
    }

    /// Mails that an account asks for.
    pub(crate) fn mails(user: &str) -> Self {
        Self { name: format!("mails:{user}"), limit: MAILS }
    }

    /// Exports of an account.
    pub(crate) fn exports(user: &str) -> Self {
        Self { name: format!("exports:{user}"), limit: ACCOUNT }
    }

    /// Links that are asked for to set an account's password, whether there is one or not.
    pub(crate) fn resets(email: &str) -> Self {
        Self { name: format!("resets:{email}"), limit: MAILS }
    }

    /// Guesses at the second factor of an account, by its id: a code has six digits.
    pub(crate) fn factor(user: &str) -> Self {
        Self { name: format!("factor:{user}"), limit: ACCOUNT }
    }

    /// Logins and registrations from an address. Of IPv6 it is the /64, which is one customer's.
    pub(crate) fn address(ip: IpAddr) -> Self {
        let name = match ip {
            IpAddr::V4(ip) => format!("address:{ip}"),
            IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
                Some(ip) => format!("address:{ip}"),
                None => format!("address:{:x}/64", ip.to_bits() >> 64),
            },
        };
        Self { name, limit: ADDRESS }
    }
}

/// Counts an attempt, before it is known how it ends: of any number at once no more than the limit pass.
///
/// # Errors
/// 429 `AUTH_LOGIN_THROTTLED` with `Retry-After`.
pub(crate) async fn attempt<S: Sql>(sql: &S, buckets: &[Bucket]) -> Result<(), ApiError> {
    // In the order of their names, so that two who count the same do not wait for each other.
    let statement = "INSERT INTO login_attempts AS a (bucket, attempts, ends_at) \
        SELECT bucket, 1, now() + $2::bigint * interval '1 second' \
            FROM jsonb_array_elements_text($1::text::jsonb) AS x(bucket) ORDER BY bucket \
        ON CONFLICT (bucket) DO UPDATE SET \
            attempts = CASE WHEN a.ends_at <= now() THEN 1 ELSE a.attempts + 1 END, \
            ends_at = CASE WHEN a.ends_at <= now() THEN excluded.ends_at ELSE a.ends_at END \
        RETURNING bucket, attempts, ceil(extract(epoch FROM ends_at - now()))::bigint";
    for row in sql.query(statement, &[names(buckets), WINDOW.into()]).await? {
        let name = row.text(0)?;
        let over = buckets.iter().find(|bucket| bucket.name == name).map_or(i64::MAX, |bucket| bucket.limit);
        if row.int(1)? > over {
            let seconds = u32::try_from(row.int(2)?.max(1)).unwrap_or(u32::MAX);
            let why = "too many attempts: wait before you try again";
            return Err(ApiError::new(429, "AUTH_LOGIN_THROTTLED", why).retry_after(seconds));
        }
    }
    Ok(())
}

/// Takes back an attempt that was right: a person who logs in is no one who guesses. Sweeps what is over.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn forgive<S: Sql>(sql: &S, buckets: &[Bucket]) -> Result<()> {
    let statement = "WITH mine AS (SELECT jsonb_array_elements_text($1::text::jsonb) AS bucket), \
        locked AS (SELECT bucket FROM login_attempts WHERE bucket IN (SELECT bucket FROM mine) \
            ORDER BY bucket FOR UPDATE), \
        swept AS (DELETE FROM login_attempts WHERE bucket IN (SELECT bucket FROM login_attempts \
            WHERE ends_at < now() AND bucket NOT IN (SELECT bucket FROM mine) \
            ORDER BY ends_at LIMIT 10 FOR UPDATE SKIP LOCKED)) \
        UPDATE login_attempts SET attempts = greatest(0, attempts - 1) WHERE bucket IN (SELECT bucket FROM locked)";
    sql.execute(statement, &[names(buckets)]).await.map(drop)
}

/// The names, each once, as a statement takes them.
fn names(buckets: &[Bucket]) -> Value {
    let names: std::collections::BTreeSet<&str> = buckets.iter().map(|bucket| bucket.name.as_str()).collect();
    serde_json::json!(names).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_is_one_address() {
        let bucket = |ip: &str| Bucket::address(ip.parse().unwrap());
        assert_eq!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:2:ffff::9"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }
}
