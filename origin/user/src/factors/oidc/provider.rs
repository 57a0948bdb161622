//! A tenant's providers, as its keepers see and write them.

use aw_origin_data::{
    ask::KEEPERS,
    audit,
    input::{Match, actor},
};
use aw_platform::{ApiError, Result, Row, Sql, SqlExt, SqlPlatform, Value, http::Uri, rfc3339};
use aw_trust::sealed;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{documents::Unusable, providers};
use crate::factors::{secret::random, visit::Visit};

/// The most providers of a tenant.
const MOST: i64 = 20;

/// A provider, without its secret.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    /// Its name in addresses.
    pub(super) name: String,
    /// Its name on the login page.
    pub(super) label: String,
    pub(super) issuer: String,
    pub(super) client_id: String,
    /// Whether there is a client secret.
    has_secret: bool,
    pub(super) enabled: bool,
    /// What the provider must be told to send browsers back to, at each of the tenant's hosts.
    callback_path: String,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
    pub(crate) version: i64,
    #[serde(skip)]
    pub(super) sealed: Option<Bytes>,
}

/// What a provider is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderChange {
    /// Its name on the login page.
    #[schemars(length(min = 1, max = 60))]
    label: String,
    /// As its discovery document has it, such as `https://accounts.example`.
    #[schemars(length(max = 500))]
    issuer: String,
    #[schemars(length(min = 1, max = 500))]
    client_id: String,
    /// Left out: the one that is there stays, where the issuer does; else the client is a public one.
    #[schemars(length(min = 1, max = 1000))]
    client_secret: Option<String>,
    /// Whether it is offered; left out, it is.
    enabled: Option<bool>,
}

const COLUMNS: &str = "name, label, issuer, client_id, sealed, enabled, version, \
    (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM updated_at) * 1000)::bigint, \
    sealed IS NOT NULL";

fn from_row(row: &Row) -> Result<Provider> {
    let name = row.text(0)?.to_owned();
    let has_secret = row.bool(9)?;
    Ok(Provider {
        callback_path: format!("/v1/auth/oidc/{name}/callback"),
        name,
        label: row.text(1)?.to_owned(),
        issuer: row.text(2)?.to_owned(),
        client_id: row.text(3)?.to_owned(),
        sealed: if has_secret { Some(row.bytes(4)?.clone()) } else { None },
        has_secret,
        enabled: row.bool(5)?,
        version: row.int(6)?,
        created_at: rfc3339(row.int(7)?.unsigned_abs()),
        updated_at: rfc3339(row.int(8)?.unsigned_abs()),
    })
}

fn not_found() -> ApiError {
    ApiError::new(404, "AUTH_PROVIDER_NOT_FOUND", "there is no identity provider with this name")
}

/// What a client secret is sealed for.
pub(super) fn context(tenant: &str, name: &str) -> String {
    format!("identity provider {tenant} {name}")
}

/// The provider with this name.
///
/// # Errors
/// 404 `AUTH_PROVIDER_NOT_FOUND`.
pub(super) async fn find<S: Sql>(sql: &S, name: &str) -> Result<Provider, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM identity_providers WHERE name = $1::text");
    if !aw_model::slug::is_slug(name) {
        return Err(not_found());
    }
    let row = sql.query_opt(&statement, &[name.into()]).await?;
    Ok(from_row(&row.ok_or_else(not_found)?)?)
}

/// All, by their names.
pub(super) async fn all<S: Sql>(sql: &S) -> Result<Vec<Provider>> {
    let statement = format!("SELECT {COLUMNS} FROM identity_providers ORDER BY name");
    sql.query(&statement, &[]).await?.iter().map(from_row).collect()
}

impl ProviderChange {
    fn check(&self) -> Result<(), ApiError> {
        let wrong = |why| Err(ApiError::new(422, "AUTH_PROVIDER_INVALID", why));
        let plain = |text: &str, most: usize| {
            (1..=most).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control)
        };
        let secret = self.client_secret.as_deref().unwrap_or("-");
        if !plain(&self.label, 60) || !plain(&self.client_id, 500) || !plain(secret, 1000) || secret.len() > 1000 {
            return wrong(
                "label has 1 to 60 characters, clientId 1 to 500, clientSecret 1 to 1000, none of them blank",
            );
        }
        let uri = self.issuer.parse::<Uri>().ok().filter(|_| self.issuer.len() <= 500 && !self.issuer.contains('#'));
        let Some((uri, authority)) = uri.as_ref().and_then(|uri| Some((uri, uri.authority()?))) else {
            return wrong("issuer is an address such as https://accounts.example");
        };
        let here = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
        let safe = uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && here);
        if !safe || uri.query().is_some() || authority.as_str().contains('@') {
            return wrong("issuer is an https address without a query");
        }
        Ok(())
    }
}

impl<P: SqlPlatform> Visit<'_, P> {
    /// `GET /v1/identity-providers`.
    pub(in crate::factors) async fn providers(&self) -> Result<Vec<Provider>, ApiError> {
        self.caller.require_role(&KEEPERS)?;
        Ok(all(&self.sql).await?)
    }

    /// `GET /v1/identity-providers/NAME`.
    pub(in crate::factors) async fn provider(&self, name: &str) -> Result<Provider, ApiError> {
        self.caller.require_role(&KEEPERS)?;
        find(&self.sql, name).await
    }

    /// `PUT /v1/identity-providers/NAME`: gives the provider, and whether it is new. One that cannot be used is refused
    /// while its keeper is there to hear why.
    pub(in crate::factors) async fn provider_put(
        &self,
        name: &str,
        expected: Option<Match>,
        change: ProviderChange,
    ) -> Result<(Provider, bool), ApiError> {
        self.caller.require_role(&KEEPERS)?;
        if !aw_model::slug::is_slug(name) || name.len() > 40 {
            let why = "a provider's name is 1 to 40 of a-z, 0-9 and -";
            return Err(ApiError::new(422, "AUTH_PROVIDER_INVALID", why));
        }
        change.check()?;
        let usable = self.discovery(&change.issuer).await;
        usable.map_err(|Unusable(why)| {
            let why = format!("the provider cannot be used: {why}");
            ApiError::new(422, "AUTH_PROVIDER_UNUSABLE", why)
        })?;
        let seal = |secret: &String| {
            let context = context(self.tenant, name);
            Bytes::from(sealed::seal(self.secrets.vault(), &context, secret.as_bytes(), random(self.p)))
        };
        let sealed = change.client_secret.as_ref().map(seal);
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            sql.execute("SELECT pg_advisory_xact_lock(hashtext('identity-providers'))", &[]).await?;
            let there = match find(sql, name).await {
                Ok(there) => Some(there),
                Err(error) if error.status() == 404 => None,
                Err(error) => return Err(error),
            };
            match (&there, expected) {
                (Some(there), Some(expected)) => expected.check(there.version)?,
                (Some(_), None) => {
                    let why = "there is a provider with this name: send If-Match with its ETag";
                    return Err(ApiError::new(428, "REQUEST_IF_MATCH_REQUIRED", why));
                }
                (None, Some(_)) => return Err(not_found()),
                (None, None) => {
                    let count = sql.query_opt("SELECT count(*) FROM identity_providers", &[]).await?;
                    if count.map_or(Ok(0), |row| row.int(0))? >= MOST {
                        let why = format!("there are at most {MOST} identity providers");
                        return Err(ApiError::new(409, "AUTH_PROVIDERS_TOO_MANY", why));
                    }
                }
            }
            let kept = there.as_ref().filter(|there| there.issuer == change.issuer).and_then(|t| t.sealed.clone());
            let row: [Value; 6] = [
                name.into(),
                (&change.label).into(),
                (&change.issuer).into(),
                (&change.client_id).into(),
                sealed.or(kept).into(),
                change.enabled.unwrap_or(true).into(),
            ];
            let upsert = format!(
                "INSERT INTO identity_providers AS i (name, label, issuer, client_id, sealed, enabled) \
                 VALUES ($1::text, $2::text, $3::text, $4::text, $5::bytea, $6::boolean) \
                 ON CONFLICT (name) DO UPDATE SET label = excluded.label, issuer = excluded.issuer, \
                 client_id = excluded.client_id, sealed = excluded.sealed, enabled = excluded.enabled, \
                 version = i.version + 1, updated_at = now() RETURNING {COLUMNS}"
            );
            let row = sql.query_opt(&upsert, &row).await?.ok_or_else(not_found)?;
            let details = json!({ "issuer": change.issuer, "clientId": change.client_id });
            audit::record(self.p, sql, actor(self.caller), "user.identity-provider.written", name, details).await?;
            providers::publish(sql).await?;
            Ok((from_row(&row)?, there.is_none()))
        });
        let done = done.await?;
        self.push();
        Ok(done)
    }

    /// `DELETE /v1/identity-providers/NAME`. Accounts that came through it stay, and can be entered by mail.
    pub(in crate::factors) async fn provider_remove(&self, name: &str) -> Result<(), ApiError> {
        self.caller.require_role(&KEEPERS)?;
        let done = self.sql.transaction(async |sql| -> Result<_, ApiError> {
            if sql.execute("DELETE FROM identity_providers WHERE name = $1::text", &[name.into()]).await? == 0 {
                return Err(not_found());
            }
            let actor = actor(self.caller);
            audit::record(self.p, sql, actor, "user.identity-provider.removed", name, json!({})).await?;
            Ok(providers::publish(sql).await?)
        });
        done.await?;
        self.push();
        Ok(())
    }
}
