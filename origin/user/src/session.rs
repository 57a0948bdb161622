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
use serde::Serialize;

use crate::account::Account;

/// How long a refresh token lives that is not used, in days.
pub(crate) const DAYS: i64 = 30;

/// The answer to who has logged in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    user: Account,
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    expires_in: u64,
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
        let statement = "SELECT json FROM records WHERE key LIKE 'h/%' AND json IS NOT NULL \
            AND ($1::text IS NULL OR key = $1::text) ORDER BY key LIMIT 1";
        let row = sql.query_opt(statement, &[Value::from(host)]).await?;
        let row = row.ok_or_else(|| ApiError::bad_request("AUTH_HOST_UNKNOWN", "the tenant has no such host"))?;
        let host = serde_json::from_str(row.text(0)?).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self { secrets, host })
    }

    /// Both tokens of a session.
    pub(crate) fn tokens<P: Platform>(
        &self,
        p: &P,
        user: Account,
        session: &str,
        refresh_token: String,
    ) -> Result<Tokens> {
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
            iat,
            exp: iat + LIFE,
            jti: uuid_v7(p).to_string(),
        };
        let access_token = mint(&self.secrets.token(&self.host.id, kid)?, kid, &claims);
        Ok(Tokens { user, access_token, refresh_token, token_type: "Bearer", expires_in: LIFE })
    }
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(host, _)| host)
}

/// Begins a session of `user`; gives its id and first refresh token.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn begin<P: Platform, S: Sql>(p: &P, sql: &S, user: &str) -> Result<(String, String)> {
    let session = uuid_v7(p).to_string();
    let insert = "INSERT INTO sessions (id, user_id) VALUES ($1::text::uuid, $2::text::uuid)";
    sql.execute(insert, &[(&session).into(), user.into()]).await?;
    let mut random = [0; 32];
    p.random(&mut random);
    let token = refresh::first(&random);
    keep(sql, &token, &session, None).await?;
    Ok((session, token))
}

/// Keeps a refresh token, hashed; one that is kept already stays as it is.
pub(crate) async fn keep<S: Sql>(sql: &S, token: &str, session: &str, parent: Option<&str>) -> Result<()> {
    let row: [Value; 4] = [hash(token), session.into(), parent.map_or(Value::Null, hash), DAYS.into()];
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
}

/// Ends a session and tells the edges, in the caller's transaction. Gives whether it had not ended yet.
///
/// # Errors
/// The database refuses it.
pub(crate) async fn end<P: Platform, S: Sql>(p: &P, sql: &S, session: &str, why: End, actor: &str) -> Result<bool> {
    let (reason, action) = match why {
        End::Logout => ("logout", "user.session.ended"),
        End::Reuse => ("reuse", "user.session.reused"),
    };
    let update = "UPDATE sessions SET ended_at = now(), end_reason = $2::text \
        WHERE id = $1::text::uuid AND ended_at IS NULL";
    if sql.execute(update, &[session.into(), reason.into()]).await? == 0 {
        return Ok(false);
    }
    audit::record(p, sql, actor, action, session, serde_json::json!({})).await?;
    revocations::publish(sql).await?;
    Ok(true)
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
