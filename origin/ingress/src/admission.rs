//! What every admitted request leaves in the control database, in one statement: its nonce, which is taken once, and
//! its count.

use aw_model::names::CONTROL_DB;
use aw_platform::{ApiError, Error, Result, Sql, SqlExt, SqlPlatform, Value};
use aw_trust::message::{AGE, SKEW, SignatureError, Verified};

use crate::{Caller, rate::Rate};

/// `$1` nonce, `$2` when it may be forgotten, `$3` tenant, `$4` who asks, `$5` minute. Nothing is counted of a replay.
///
/// It does not wait for the disk (PostgreSQL's `synchronous_commit`, in this statement's transaction only): every
/// request would, one of a caller after the other, for the row of its count. What a crash of the server can lose is the
/// last moment's nonces, and with them all that these requests have done in any database of that server, whose log is
/// one and is written in order: a request that is replayed then is one that was never answered. Nonces of requests that
/// only read may be lost without that; these change nothing.
const TAKE: &str = "WITH taken AS ( \
        INSERT INTO nonces (nonce, expires_at) VALUES ($1::text, to_timestamp($2::bigint)) \
        ON CONFLICT DO NOTHING RETURNING 1), \
    quota AS (SELECT requests_per_minute AS most FROM tenant_quotas WHERE tenant = $3::text), \
    one AS ( \
        INSERT INTO rates AS r (tenant, who, minute, count) \
        SELECT $3::text, $4::text, $5::bigint, 1 FROM taken WHERE $4::text IS NOT NULL \
        ON CONFLICT (tenant, who, minute) DO UPDATE SET count = r.count + 1 RETURNING count), \
    everybody AS ( \
        INSERT INTO rates AS r (tenant, who, minute, count) \
        SELECT $3::text, '', $5::bigint, 1 FROM taken, quota WHERE most IS NOT NULL AND $4::text IS NOT NULL \
        ON CONFLICT (tenant, who, minute) DO UPDATE SET count = r.count + 1 RETURNING count) \
    SELECT (SELECT count(*) FROM taken), (SELECT count FROM one), (SELECT count FROM everybody), \
        (SELECT most FROM quota), set_config('synchronous_commit', 'off', true)";
const FORGET_NONCES: &str = "DELETE FROM nonces WHERE expires_at < to_timestamp($1::bigint)";
const FORGET_RATES: &str = "DELETE FROM rates WHERE minute < $1::bigint";

/// Takes the nonce of a signature found good at `now_s`, once in the whole deployment, and counts the request where
/// `who` is to be counted: its caller may ask `most` times a minute.
///
/// # Errors
/// [`SignatureError::Replayed`]; the control database cannot be asked.
pub(crate) async fn take<P: SqlPlatform>(
    platform: &P,
    signature: &Verified,
    caller: &Caller,
    counted: bool,
    most: u64,
    now_s: u64,
) -> Result<Option<Rate>, ApiError> {
    let sql = platform.sql(CONTROL_DB).await?;
    // Kept for longer than any clock of ours would still take the signature for a new one.
    let expires = integer(signature.created.saturating_add(AGE + 2 * SKEW));
    let minute = now_s / 60;
    let who = counted.then(|| who(caller)).flatten();
    let nonce = Value::from(signature.nonce.as_str());
    let params = [nonce, expires, caller.tenant.as_deref().into(), who.into(), integer(minute)];
    let row = sql.query_opt(TAKE, &params).await?.ok_or_else(|| Error::internal("admission has no row"))?;
    if row.int(0)? == 0 {
        return Err(SignatureError::Replayed.into());
    }
    // One request in 256 sweeps, so that the tables are as long as a minute's requests and a little.
    let mut die = [0];
    platform.random(&mut die);
    if die == [0] {
        sql.execute(FORGET_NONCES, &[integer(now_s)]).await?;
        sql.execute(FORGET_RATES, &[integer(minute)]).await?;
    }
    let count = |column| Ok::<_, Error>(row.int_opt(column)?.map(i64::unsigned_abs));
    let (one, everybody, quota) = (count(1)?, count(2)?, count(3)?);
    Ok(one.map(|asked| Rate::new((asked, most), everybody.zip(quota), now_s)))
}

/// Who asks a tenant: the user, else the address.
fn who(caller: &Caller) -> Option<String> {
    caller.tenant.as_ref()?;
    let user = caller.user.as_ref().map(|user| format!("user:{user}"));
    user.or_else(|| caller.client_ip.map(|ip| format!("ip:{ip}")))
}

fn integer(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}
