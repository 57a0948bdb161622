//! `/v1/payment-provider`: the press's account, without its keys.

use aw_origin_data::{audit, input::Match};
use aw_platform::{ApiError, Response, Sql, SqlExt, SqlPlatform, http::Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Account,
    account::{Kind, connect, find, has_sandbox, keep},
};
use crate::{ask::Ask, checks};

const INVALID: &str = "SUBSCRIPTION_PROVIDER_INVALID";

/// A press's account at its provider of payments.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountInfo {
    /// Which provider.
    kind: Kind,
    /// The last four digits of the key.
    key_ends: String,
    /// How many secrets webhooks may be signed with.
    webhook_secrets: usize,
    /// The endpoint of webhooks that was registered, by its id there.
    webhook_endpoint: Option<String>,
    /// How many days a subscription whose renewal failed goes on to entitle.
    grace_days: i64,
}

/// An account to be.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountBody {
    /// Which provider.
    kind: Kind,
    /// The secret key of its API.
    #[schemars(length(min = 16, max = 255))]
    api_key: String,
    /// The secrets that webhooks are signed with; without them an endpoint is registered at the provider.
    #[schemars(length(min = 1, max = 4), inner(length(min = 16, max = 255)))]
    webhook_secrets: Option<Vec<String>>,
    /// How many days a subscription whose renewal failed goes on to entitle.
    #[serde(default = "week")]
    #[schemars(range(min = 0, max = 60))]
    grace_days: i64,
}

fn week() -> i64 {
    7
}

impl From<&Account> for AccountInfo {
    fn from(account: &Account) -> Self {
        Self {
            kind: account.kind,
            key_ends: account.api_key.chars().skip(account.api_key.len().saturating_sub(4)).collect(),
            webhook_secrets: account.webhook_secrets.len(),
            webhook_endpoint: account.endpoint.clone(),
            grace_days: account.grace_days,
        }
    }
}

/// Answers it.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>, path: &[&str]) -> Result<Response<P>, ApiError> {
    ask.keeper()?;
    let sql = ask.sql().await?;
    let there = find(ask.press(), &sql).await?;
    match (ask.method(), path) {
        (&Method::GET, []) => {
            let none = || ApiError::new(404, "SUBSCRIPTION_PROVIDER_NOT_FOUND", "this press has no provider yet");
            let account = there.ok_or_else(none)?;
            Ok(ask.versioned(200, AccountInfo::from(&account), account.version))
        }
        (&Method::PUT, []) => {
            let body: AccountBody = ask.json()?;
            match (&there, Match::from_headers(ask.headers())?) {
                (Some(account), Some(expected)) => expected.check(account.version)?,
                (Some(_), None) => drop(ask.expected()?),
                (None, Some(expected)) => expected.check(0)?,
                (None, None) => {}
            }
            let account = put(ask, &sql, there, body).await?;
            Ok(ask.versioned(200, AccountInfo::from(&account), account.version))
        }
        (_, []) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found("there is no such page")),
    }
}

async fn put<P: SqlPlatform>(
    ask: &Ask<'_, P>,
    sql: &P::Sql,
    there: Option<Account>,
    body: AccountBody,
) -> Result<Account, ApiError> {
    let plain = |text: &str| (16..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let secrets_ok =
        body.webhook_secrets.as_ref().is_none_or(|all| (1..=4).contains(&all.len()) && all.iter().all(|s| plain(s)));
    if !plain(&body.api_key) || !secrets_ok {
        return Err(checks::invalid(INVALID, "a key or secret has 16 to 255 visible characters, and there are 1 to 4"));
    }
    checks::within(INVALID, "graceDays", body.grace_days, 0..=60)?;
    if body.kind == Kind::Sandbox && !has_sandbox(ask.p).await? {
        return Err(checks::invalid(INVALID, "this deployment has no sandbox"));
    }
    let other = there.as_ref().is_some_and(|account| account.kind != body.kind);
    let live = "SELECT 1::bigint FROM subscriptions WHERE status IN ('active', 'trialing', 'past_due') LIMIT 1";
    if other && sql.query_opt(live, &[]).await?.is_some() {
        let why = "readers have subscriptions at the provider of before: they must end first";
        return Err(ApiError::new(409, "SUBSCRIPTION_PROVIDER_IN_USE", why));
    }
    // The endpoint of before goes on to tell the same address, with its own secret.
    let kept = there.filter(|account| !other && account.api_key == body.api_key && body.webhook_secrets.is_none());
    let account = match kept {
        Some(account) => account,
        None => connect(ask.press(), body.kind, body.api_key, body.webhook_secrets).await?,
    };
    let account = Account { grace_days: body.grace_days, ..account };
    sql.transaction(async |sql| {
        keep(ask.press(), sql, &account, true).await?;
        if other {
            // What is known there by which id is another account's.
            sql.execute("UPDATE plans SET price = NULL WHERE price IS NOT NULL", &[]).await?;
            sql.execute("UPDATE coupons SET provided = false WHERE provided", &[]).await?;
            sql.execute("DELETE FROM payment_customers", &[]).await?;
        }
        let details = json!({ "kind": account.kind, "graceDays": account.grace_days });
        audit::record(ask.p, sql, ask.actor(), "subscription.provider.set", account.kind.name(), details).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    let kept = find(ask.press(), sql).await?;
    kept.ok_or_else(|| aw_platform::Error::internal("an account was kept and is not").into())
}
