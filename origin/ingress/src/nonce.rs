//! Nonces: each is taken once.

use aw_model::names::CONTROL_DB;
use aw_platform::{ApiError, Sql, SqlPlatform, Value};
use aw_trust::message::{AGE, SKEW, SignatureError, Verified};

const TAKE: &str = "INSERT INTO nonces (nonce, expires_at) \
    VALUES ($1::text, to_timestamp($2::bigint)) ON CONFLICT DO NOTHING";
const FORGET: &str = "DELETE FROM nonces WHERE expires_at < to_timestamp($1::bigint)";

/// Takes the nonce of a signature found good at `now_s`, once in the whole deployment.
///
/// # Errors
/// [`SignatureError::Replayed`]; the control database cannot be asked.
pub(crate) async fn take<P: SqlPlatform>(platform: &P, signature: &Verified, now_s: u64) -> Result<(), ApiError> {
    let sql = platform.sql(CONTROL_DB).await?;
    // Kept for longer than any clock of ours would still take the signature for a new one.
    let expires = seconds(signature.created.saturating_add(AGE + 2 * SKEW));
    if sql.execute(TAKE, &[signature.nonce.as_str().into(), expires]).await? == 0 {
        return Err(SignatureError::Replayed.into());
    }
    // One request in 256 sweeps, so that the table is as long as a minute's requests and a little.
    let mut die = [0];
    platform.random(&mut die);
    if die == [0] {
        sql.execute(FORGET, &[seconds(now_s)]).await?;
    }
    Ok(())
}

fn seconds(s: u64) -> Value {
    Value::Int(i64::try_from(s).unwrap_or(i64::MAX))
}
