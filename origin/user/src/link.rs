//! Links that are mailed: what they carry is random, good for one use and for a while, and kept as its SHA-256.

use aw_platform::{ApiError, Platform, Result, Sql, SqlExt, Value};
use aw_trust::refresh;
use bytes::Bytes;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Proves the address of an account.
    Verify,
    /// Sets a new password.
    Reset,
    /// Proves a new address, which becomes the account's.
    Email,
}

/// What a link was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) user: String,
    /// The address that it was mailed to.
    pub(crate) email: String,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Email => "email",
        }
    }

    /// How long it is good, in seconds.
    pub(crate) fn life(self) -> i64 {
        match self {
            Self::Verify => 3 * 86_400,
            Self::Reset => 3_600,
            Self::Email => 86_400,
        }
    }
}

/// Makes what a link carries, in the transaction that mails it.
pub(crate) async fn issue<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    user: &str,
    email: &str,
    purpose: Purpose,
) -> Result<String> {
    let mut random = [0; 32];
    p.random(&mut random);
    let token = refresh::first(&random);
    let row: [Value; 5] = [hash(&token), user.into(), purpose.name().into(), email.into(), purpose.life().into()];
    let insert = "INSERT INTO link_tokens (hash, user_id, purpose, email, expires_at) VALUES ($1::bytea, \
        $2::text::uuid, $3::text, $4::text, now() + $5::bigint * interval '1 second')";
    sql.execute(insert, &row).await?;
    Ok(token)
}

/// Uses a link up, in the transaction of what it does; the others that were mailed for the same go with it.
///
/// # Errors
/// 400 `AUTH_LINK_INVALID`.
pub(crate) async fn take<S: Sql>(sql: &S, token: &str, purpose: Purpose) -> Result<Link, ApiError> {
    let delete = "DELETE FROM link_tokens WHERE hash = $1::bytea AND purpose = $2::text AND expires_at > now() \
        RETURNING user_id::text, email";
    let row = sql.query_opt(delete, &[hash(token), purpose.name().into()]).await?.ok_or_else(invalid)?;
    let link = Link { user: row.text(0)?.to_owned(), email: row.text(1)?.to_owned() };
    void(sql, &link.user, purpose).await?;
    Ok(link)
}

/// Whether there is such a link.
///
/// # Errors
/// 400 `AUTH_LINK_INVALID` where there is none.
pub(crate) async fn check<S: Sql>(sql: &S, token: &str, purpose: Purpose) -> Result<(), ApiError> {
    let find = "SELECT 1::bigint FROM link_tokens WHERE hash = $1::bytea AND purpose = $2::text AND expires_at > now()";
    sql.query_opt(find, &[hash(token), purpose.name().into()]).await?.map(drop).ok_or_else(invalid)
}

/// Voids what was mailed for that.
pub(crate) async fn void<S: Sql>(sql: &S, user: &str, purpose: Purpose) -> Result<()> {
    let delete = "DELETE FROM link_tokens WHERE user_id = $1::text::uuid AND purpose = $2::text";
    sql.execute(delete, &[user.into(), purpose.name().into()]).await.map(drop)
}

/// Forgets links that are good no more.
pub(crate) async fn sweep<S: Sql>(sql: &S) -> Result<()> {
    let delete = "DELETE FROM link_tokens WHERE hash IN (SELECT hash FROM link_tokens WHERE expires_at < now() \
        ORDER BY expires_at LIMIT 200 FOR UPDATE SKIP LOCKED)";
    sql.execute(delete, &[]).await.map(drop)
}

fn hash(token: &str) -> Value {
    Bytes::copy_from_slice(&refresh::hash(token)).into()
}

fn invalid() -> ApiError {
    ApiError::bad_request("AUTH_LINK_INVALID", "this link is good no more: ask for a new one")
}
