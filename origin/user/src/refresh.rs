//! `POST /v1/auth/refresh`.

use aw_ingress::Caller;
use aw_origin_data::secrets::Secrets;
use aw_platform::{ApiError, Error, Platform, Sql, SqlExt, SqlPlatform};
use aw_trust::refresh::successor;

use crate::{
    account::{Account, COLUMNS},
    session::{self, End, Issuer, Tokens},
};

/// How long after its first use a token gives its successor again, in seconds.
const GRACE: i64 = 30;

/// What became of a token.
enum Outcome {
    /// It was replaced, now or within the grace.
    Successor { user: Box<Account>, session: String, token: String },
    /// It had been replaced before: its session is over.
    Reused,
    /// It is none of ours, or its session ended before.
    Unknown,
}

/// How a refresh ended.
pub(crate) enum Refreshed {
    /// With new tokens.
    Tokens(Tokens),
    /// With the end of the session, of which the edges have to hear.
    Reused(ApiError),
}

/// Replaces a refresh token.
pub(crate) async fn refresh<P: SqlPlatform>(
    p: &P,
    secrets: &Secrets,
    sql: &P::Sql,
    caller: &Caller,
    token: &str,
) -> Result<Refreshed, ApiError> {
    let issuer = Issuer::find(secrets, sql, caller).await?;
    let outcome = sql.transaction(async |sql| replace(p, secrets, sql, token).await).await?;
    match outcome {
        Outcome::Successor { user, session, token } => Ok(Refreshed::Tokens(issuer.tokens(p, *user, &session, token)?)),
        Outcome::Reused => {
            let why = "this refresh token was used before: the session is over, log in again";
            Ok(Refreshed::Reused(ApiError::unauthorized("AUTH_REFRESH_REUSED", why)))
        }
        Outcome::Unknown => Err(ApiError::unauthorized("AUTH_REFRESH_INVALID", "the session is over: log in again")),
    }
}

async fn replace<P: Platform, S: Sql>(p: &P, secrets: &Secrets, sql: &S, token: &str) -> Result<Outcome, Error> {
    // The row's lock puts those who come at once in order; the first alone sets the time.
    let statement = format!(
        "UPDATE refresh_tokens t SET used_at = coalesce(t.used_at, now()) \
         FROM sessions s JOIN users u ON u.id = s.user_id WHERE t.hash = $1::bytea AND s.id = t.session \
         RETURNING s.id::text, s.ended_at IS NULL AND t.expires_at > now(), \
            t.used_at < now() - $2::bigint * interval '1 second', {COLUMNS}"
    );
    let row = sql.query_opt(&statement, &[session::hash(token), GRACE.into()]).await?;
    let Some(row) = row else { return Ok(Outcome::Unknown) };
    let (session, alive, reused) = (row.text(0)?.to_owned(), row.bool(1)?, row.bool(2)?);
    if !alive {
        return Ok(Outcome::Unknown);
    }
    let user = Account::from_row(&row, 3)?;
    if reused {
        session::end(p, sql, &session, End::Reuse, &user.id).await?;
        return Ok(Outcome::Reused);
    }
    let next = successor(secrets.refresh(), token);
    session::keep(sql, &next, &session, token).await?;
    Ok(Outcome::Successor { user: Box::new(user), session, token: next })
}
