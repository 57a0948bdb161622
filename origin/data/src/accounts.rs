//! What services ask of an account before it may do something.

use aw_ingress::Caller;
use aw_platform::{ApiError, Sql, SqlExt};
use uuid::Uuid;

/// Refuses those who have not proved to read the mail of their address, as it is now: a token may be ten minutes old.
/// The operator passes.
///
/// # Errors
/// 401 `AUTH_SESSION_REQUIRED` for a stranger, and `AUTH_ACCOUNT_GONE` for an account that is there no more; 403
/// `AUTH_EMAIL_UNVERIFIED`.
pub async fn require_verified<S: Sql>(sql: &S, caller: &Caller) -> Result<(), ApiError> {
    if caller.is_operator() {
        return Ok(());
    }
    let gone = || ApiError::unauthorized("AUTH_ACCOUNT_GONE", "this account is there no more");
    let user: Uuid = caller.require_user()?.parse().map_err(|_| gone())?;
    let find = "SELECT email_verified_at IS NOT NULL FROM users WHERE id = $1::text::uuid AND deleted_at IS NULL";
    let row = sql.query_opt(find, &[user.into()]).await?.ok_or_else(gone)?;
    if row.bool(0)? {
        return Ok(());
    }
    let why = "confirm your e-mail address first: follow the link that was mailed to you";
    Err(ApiError::new(403, "AUTH_EMAIL_UNVERIFIED", why))
}
