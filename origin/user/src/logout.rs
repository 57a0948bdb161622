//! `POST /v1/auth/logout`.

use aw_ingress::Caller;
use aw_platform::{ApiError, Platform, Sql, SqlExt};

use crate::session::{self, End};

/// Ends the session of a refresh token, or the caller's own; gives whether one ended.
pub(crate) async fn logout<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    caller: &Caller,
    token: Option<&str>,
) -> Result<bool, ApiError> {
    let session = match token {
        Some(token) => {
            let find = "SELECT session::text FROM refresh_tokens WHERE hash = $1::bytea";
            let row = sql.query_opt(find, &[session::hash(token)]).await?;
            row.map(|row| row.text(0).map(str::to_owned)).transpose()?
        }
        None => caller.session.clone().filter(|id| id.parse::<uuid::Uuid>().is_ok()),
    };
    let Some(session) = session else { return Ok(false) };
    let owner = "SELECT user_id::text FROM sessions WHERE id = $1::text::uuid";
    let row = sql.query_opt(owner, &[(&session).into()]).await?;
    let Some(row) = row else { return Ok(false) };
    let user = row.text(0)?;
    Ok(sql.transaction(async |sql| session::end(p, sql, &session, End::Logout, user).await).await?)
}
