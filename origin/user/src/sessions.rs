//! `/v1/account/sessions`: where one is logged in, and the end of it.

use aw_origin_data::{answer, ask::Ask, input::Page};
use aw_platform::{ApiError, Response, Result, Sql, SqlExt, SqlPlatform, Value, http::Method, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    device::{self, Device},
    session::{self, End},
};

/// A session that goes on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionInfo {
    /// A UUID.
    id: String,
    /// Such as `Firefox on Linux`.
    device: String,
    /// What the browser says that it is.
    user_agent: String,
    /// The address that it was used from last.
    ip: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// When it was begun or refreshed last, to the minute. RFC 3339.
    used_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// Answers what is below `/v1/account/sessions`.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    let user = ask.account()?;
    match (&ask.head.method, path) {
        (&Method::GET, []) => {
            let page = ask.page()?;
            let sessions = list(&ask.sql().await?, user, ask.caller.session.as_deref(), page).await?;
            Ok(ask.paged(page, sessions, |session| session.id.clone()))
        }
        (&Method::DELETE, []) => {
            let wrong = || ApiError::bad_request("REQUEST_QUERY_INVALID", "keep is current, or left out");
            let but = match ask.query("keep").as_deref() {
                None => None,
                Some("current") => ask.caller.session.as_deref(),
                Some(_) => return Err(wrong()),
            };
            let sql = ask.sql().await?;
            let end = sql.transaction(async |sql| session::end_all(ask.p, sql, user, but, End::Everywhere, user).await);
            if end.await? > 0 {
                ask.push();
            }
            Ok(answer::nothing::<P>())
        }
        (&Method::DELETE, [id]) => {
            let sql = ask.sql().await?;
            let ended = sql.transaction(async |sql| {
                let mine = "SELECT 1::bigint FROM sessions WHERE id = $1::text::uuid AND user_id = $2::text::uuid";
                match id.parse::<Uuid>() {
                    Ok(id) if sql.query_opt(mine, &[id.into(), user.into()]).await?.is_some() => {
                        session::end(ask.p, sql, &id.to_string(), End::Revoked, user).await
                    }
                    _ => Ok(false),
                }
            });
            if !ended.await? {
                return Err(ApiError::new(404, "USER_SESSION_NOT_FOUND", "you have no such session"));
            }
            ask.push();
            Ok(answer::nothing::<P>())
        }
        (_, [] | [_]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

/// A page of the user's sessions that go on, the newest first.
async fn list<S: Sql>(sql: &S, user: &str, current: Option<&str>, page: Page) -> Result<Vec<SessionInfo>> {
    let statement = "SELECT s.id::text, s.user_agent, s.ip, (extract(epoch FROM s.created_at) * 1000)::bigint, \
            (extract(epoch FROM s.used_at) * 1000)::bigint FROM sessions s \
        WHERE s.user_id = $1::text::uuid AND s.ended_at IS NULL AND ($2::text IS NULL OR s.id < $2::text::uuid) \
            AND EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session = s.id AND t.expires_at > now()) \
        ORDER BY s.id DESC LIMIT $3::bigint";
    let rows = sql.query(statement, &[user.into(), Value::from(page.after), page.limit.into()]).await?;
    rows.iter()
        .map(|row| {
            let (id, user_agent) = (row.text(0)?, row.text_opt(1)?.unwrap_or_default());
            Ok(SessionInfo {
                id: id.to_owned(),
                device: device::name(user_agent),
                user_agent: user_agent.to_owned(),
                ip: row.text_opt(2)?.map(str::to_owned),
                created_at: rfc3339(row.int(3)?.unsigned_abs()),
                used_at: rfc3339(row.int(4)?.unsigned_abs()),
                current: current == Some(id),
            })
        })
        .collect()
}

/// Writes down what a session is used with, where it is news: to the minute.
pub(crate) async fn seen<S: Sql>(sql: &S, session: &str, device: &Device) -> Result<()> {
    let update = "UPDATE sessions SET used_at = now(), user_agent = $2::text, ip = $3::text \
        WHERE id = $1::text::uuid AND (used_at < now() - interval '1 minute' \
            OR user_agent IS DISTINCT FROM $2::text OR ip IS DISTINCT FROM $3::text)";
    let ip = Value::from(device.ip.map(|ip| ip.to_string()));
    sql.execute(update, &[session.into(), device.user_agent.as_str().into(), ip]).await.map(drop)
}
