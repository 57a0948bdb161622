//! Sessions and the tokens that stand for them.

use aw_ingress::Caller;
use aw_model::{Tenant, key};
use aw_origin_data::{audit, revocations, secrets::Secrets};
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, Value, uuid_v7};
use aw_trust::{
    refresh,
    token::{Claims, LIFE, mint},
};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{account::Account, device::Device, letters::Press};

/// How long a refresh token lives that is not used, in days.
pub(crate) const DAYS: i64 = 30;

/// The answer to who has logged in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    /// Who it is.
    user: Account,
    /// A JWT, for `Authorization: Bearer`.
    access_token: String,
    /// For the next refresh; good for one, and thirty days.
    refresh_token: String,
    /// `Bearer`
    token_type: &'static str,
    /// Seconds that the access token lives.
    expires_in: u64,
    #[serde(skip)]
    pub(crate) session: String,
}

/// Who signs a tenant's access tokens for one of its hosts.
pub(crate) struct Issuer<'a> {
    secrets: &'a Secrets,
    host: Tenant,
}

impl<'a> Issuer<'a> {
    /// The issuer at the host that the browser asked for; for the operator, at any of the tenant's.
    ///
    /// # Errors
    /// 400 `AUTH_HOST_UNKNOWN` where the tenant has no such host.
    pub(crate) async fn find<S: Sql>(secrets: &'a Secrets, sql: &S, caller: &Caller) -> Result<Self, ApiError> {
        let host = caller.host.as_deref().map(|host| key::host(&without_port(host).to_ascii_lowercase()));
        let unknown = || ApiError::bad_request("AUTH_HOST_UNKNOWN", "the tenant has no such host");
        Ok(Self { secrets, host: host_record(sql, host).await?.ok_or_else(unknown)? })
    }

    /// The press, as it writes to people who asked at this host.
    pub(crate) fn press(&self) -> Press<'_> {
        Press::from(&self.host)
    }

    /// The host's record.
    pub(crate) fn host(&self) -> &Tenant {
        &self.host
    }

    /// Both tokens of a session.
    ///
    /// # Errors
    /// 403 `AUTH_ACCOUNT_SUSPENDED`, whichever way somebody has come here.
    pub(crate) fn tokens<P: Platform>(
        &self,
        p: &P,
        user: Account,
        session: &str,
        refresh_token: String,
    ) -> Result<Tokens, ApiError> {
        user.require_active()?;
        let kid = self.host.keys.first().map(|key| key.kid.as_str());
        let kid = kid.ok_or_else(|| Error::internal("the tenant has no token key"))?;
        // A token of the very second in which the user's tokens became void would be void too.
        let iat = (p.now() / 1000).max(user.void_until + 1);
        let claims = Claims {
            iss: self.host.base_url.clone(),
            aud: self.host.base_url.clone(),
            sub: user.id.clone(),
            tenant: self.host.id.clone(),
            sid: session.to_owned(),
            roles: user.roles.clone(),
            ent: user.all_entitlements(),
            email_verified: user.email_verified,
            iat,
            exp: iat + LIFE,
            jti: uuid_v7(p).to_string(),
        };
        let access_token = mint(&self.secrets.token(&self.host.id, kid)?, kid, &claims);
        let session = session.to_owned();
        Ok(Tokens { user, access_token, refresh_token, token_type: "Bearer", expires_in: LIFE, session })
    }
}

/// The record of the host with that key; without one, of any of the tenant's. `None` where there is none.
///
/// # Errors
/// The database refuses it; the record cannot be read.
pub(crate) async fn host_record<S: Sql>(sql: &S, key: Option<String>) -> Result<Option<Tenant>> {
    let statement = "SELECT json FROM records WHERE key LIKE 'h/%' AND json IS NOT NULL \
        AND ($1::text IS NULL OR key = $1::text) ORDER BY key LIMIT 1";
    let row = sql.query_opt(statement, &[Value::from(key)]).await?;
    row.map(|row| serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(e.to_string()))).transpose()
}

/// A host without its port.
pub(crate) fn without_port(host: &str) -> &str {
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(host, _)| host)
}

/// Begins a session of `user` with what it is asked with; gives its id and first refresh token.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn begin<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    user: &str,
    device: &Device,
) -> Result<(String, String)> {
    let session = uuid_v7(p).to_string();
    let mut random = [0; 32];
    p.random(&mut random);
    let token = refresh::first(&random);
    let ip = Value::from(device.ip.map(|ip| ip.to_string()));
    let row: [Value; 6] =
        [(&session).into(), user.into(), hash(&token), DAYS.into(), device.user_agent.as_str().into(), ip];
    let insert = "WITH session AS (INSERT INTO sessions (id, user_id, user_agent, ip) \
            VALUES ($1::text::uuid, $2::text::uuid, $5::text, $6::text)) \
        INSERT INTO refresh_tokens (hash, session, expires_at) \
            VALUES ($3::bytea, $1::text::uuid, now() + $4::bigint * interval '1 day')";
    sql.execute(insert, &row).await?;
    Ok((session, token))
}

/// Keeps the refresh token that replaces `parent`, hashed; one that is kept already stays as it is.
pub(crate) async fn keep<S: Sql>(sql: &S, token: &str, session: &str, parent: &str) -> Result<()> {
    let row: [Value; 4] = [hash(token), session.into(), hash(parent), DAYS.into()];
    let insert = "INSERT INTO refresh_tokens (hash, session, parent, expires_at) \
        VALUES ($1::bytea, $2::text::uuid, $3::bytea, now() + $4::bigint * interval '1 day') ON CONFLICT DO NOTHING";
    sql.execute(insert, &row).await.map(drop)
}

/// A refresh token as the database knows it.
pub(crate) fn hash(token: &str) -> Value {
    Bytes::copy_from_slice(&refresh::hash(token)).into()
}

/// Why a session ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The user says so.
    Logout,
    /// A refresh token came that had been replaced: two have it, and one of them has stolen it.
    Reuse,
    /// The user says so, from another.
    Revoked,
    /// The user says so of all of them.
    Everywhere,
    /// The password was changed.
    Password,
    /// The account was suspended.
    Suspended,
    /// The account was deleted.
    Deleted,
}

impl End {
    fn reason(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Reuse => "reuse",
            Self::Revoked => "revoked",
            Self::Everywhere => "everywhere",
            Self::Password => "password",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

/// Ends a session and tells the edges, in the caller's transaction. Gives whether it had not ended yet.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn end<P: Platform, S: Sql>(p: &P, sql: &S, session: &str, why: End, actor: &str) -> Result<bool> {
    let update = "UPDATE sessions SET ended_at = now(), end_reason = $2::text \
        WHERE id = $1::text::uuid AND ended_at IS NULL";
    if sql.execute(update, &[session.into(), why.reason().into()]).await? == 0 {
        return Ok(false);
    }
    let action = if why == End::Reuse { "user.session.reused" } else { "user.session.ended" };
    audit::record(p, sql, actor, action, session, serde_json::json!({ "why": why.reason() })).await?;
    revocations::publish(sql).await?;
    Ok(true)
}

/// Ends all sessions of a user but one, and tells the edges, in the caller's transaction. Gives how many ended.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn end_all<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    user: &str,
    but: Option<&str>,
    why: End,
    actor: &str,
) -> Result<u64> {
    let update = "UPDATE sessions SET ended_at = now(), end_reason = $3::text WHERE user_id = $1::text::uuid \
        AND ended_at IS NULL AND ($2::text IS NULL OR id::text <> $2::text)";
    let ended = sql.execute(update, &[user.into(), Value::from(but), why.reason().into()]).await?;
    if ended > 0 {
        let details = serde_json::json!({ "why": why.reason(), "sessions": ended });
        audit::record(p, sql, actor, "user.sessions.ended", user, details).await?;
        revocations::publish(sql).await?;
    }
    Ok(ended)
}

/// Sweeps up to ten sessions that nobody can go on with; those that log in do it.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn sweep<S: Sql>(sql: &S) -> Result<()> {
    let tokens = "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens \
        WHERE expires_at < now() ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)";
    sql.execute(tokens, &[]).await?;
    let sessions = "DELETE FROM sessions WHERE id IN (SELECT s.id FROM sessions s \
        WHERE s.created_at < now() - $1::bigint * interval '1 day' \
            AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session = s.id) \
        ORDER BY s.created_at LIMIT 10 FOR UPDATE SKIP LOCKED)";
    sql.execute(sessions, &[DAYS.into()]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_a_hosts_name() {
        assert_eq!(without_port("demo.localhost:4000"), "demo.localhost");
        assert_eq!(without_port("press.example"), "press.example");
    }
}
