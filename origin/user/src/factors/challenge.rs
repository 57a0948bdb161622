//! Logins whose first step is done.

use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    second::{Factor, Second},
    secret::{hash, token},
};

/// How long the second step may take, in seconds.
const LIFE: i64 = 300;
/// How many proofs are tried with one challenge.
const ATTEMPTS: i64 = 5;

/// The answer to a first step that was right: buys the tokens, once, together with a proof of one of `factors`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Challenge {
    /// Opaque.
    challenge: String,
    factors: Vec<Factor>,
    /// In seconds.
    expires_in: i64,
}

/// What `user` has to prove besides, where anything.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn demand<P: Platform, S: Sql>(p: &P, sql: &S, user: &str) -> Result<Option<Challenge>> {
    let second = Second::of(sql, user).await?;
    if !second.any() {
        return Ok(None);
    }
    let sweep = "DELETE FROM login_challenges WHERE hash IN (SELECT hash FROM login_challenges \
        WHERE expires_at < now() ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)";
    sql.execute(sweep, &[]).await?;
    let challenge = token(p);
    let insert = "INSERT INTO login_challenges (hash, user_id, expires_at) \
        VALUES ($1::bytea, $2::text::uuid, now() + $3::bigint * interval '1 second')";
    sql.execute(insert, &[hash(&challenge), user.into(), LIFE.into()]).await?;
    Ok(Some(Challenge { challenge, factors: second.factors(), expires_in: LIFE }))
}

/// The user of a challenge, of which one attempt is spent, however it ends.
///
/// # Errors
/// 401 `AUTH_CHALLENGE_INVALID` for one that never was, has expired, was used or tried too often.
pub(crate) async fn attempt<S: Sql>(sql: &S, challenge: &str) -> Result<String, ApiError> {
    let spend = "UPDATE login_challenges SET attempts = attempts + 1 \
        WHERE hash = $1::bytea AND expires_at > now() AND attempts < $2::bigint RETURNING user_id::text";
    let row = sql.query_opt(spend, &[hash(challenge), ATTEMPTS.into()]).await?;
    row.map_or_else(|| Err(invalid()), |row| Ok(row.text(0)?.to_owned()))
}

/// The user of a challenge that may still be answered.
///
/// # Errors
/// As [`attempt`].
pub(crate) async fn user<S: Sql>(sql: &S, challenge: &str) -> Result<String, ApiError> {
    let find = "SELECT user_id::text FROM login_challenges \
        WHERE hash = $1::bytea AND expires_at > now() AND attempts < $2::bigint";
    let row = sql.query_opt(find, &[hash(challenge), ATTEMPTS.into()]).await?;
    row.map_or_else(|| Err(invalid()), |row| Ok(row.text(0)?.to_owned()))
}

/// Takes a challenge, in the transaction in which its session begins: of two with the same one comes in.
///
/// # Errors
/// As [`attempt`].
pub(crate) async fn take<S: Sql>(sql: &S, challenge: &str) -> Result<(), ApiError> {
    let delete = "DELETE FROM login_challenges WHERE hash = $1::bytea";
    if sql.execute(delete, &[hash(challenge)]).await? == 1 { Ok(()) } else { Err(invalid()) }
}

fn invalid() -> ApiError {
    let why = "this login took too long or was tried too often: begin it anew";
    ApiError::unauthorized("AUTH_CHALLENGE_INVALID", why)
}
