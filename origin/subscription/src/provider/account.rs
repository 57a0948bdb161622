//! A tenant's account at the provider.

use aw_model::names::PAYMENTS_SANDBOX;
use aw_platform::{ApiError, Error, Sql, SqlExt, SqlPlatform, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Client,
    client::ProviderError,
    objects::{Endpoint, Made},
};
use crate::press::Press;

/// Which provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Stripe.
    Stripe,
    /// The sandbox, which takes no money.
    Sandbox,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Sandbox => "sandbox",
        }
    }
}

/// An account, opened.
pub(crate) struct Account {
    pub(crate) kind: Kind,
    pub(crate) api_key: String,
    pub(crate) webhook_secrets: Vec<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) grace_days: i64,
    pub(crate) version: i64,
}

/// What the keys are sealed as.
const KEY: &str = "payments key";
const SECRETS: &str = "payments webhook secrets";

/// What webhooks are asked for.
const EVENTS: [&str; 20] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.expired",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "charge.refunded",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
];

/// The tenant's account, where it has one.
pub(crate) async fn find<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql) -> Result<Option<Account>, ApiError> {
    let statement = "SELECT kind, api_key, webhook_secrets, endpoint, grace_days, version FROM payment_provider";
    let Some(row) = sql.query_opt(statement, &[]).await? else { return Ok(None) };
    let reveal = |name, column| press.secrets.reveal(press.tenant, name, row.text(column)?);
    let secrets = reveal(SECRETS, 2)?;
    Ok(Some(Account {
        kind: if row.text(0)? == "stripe" { Kind::Stripe } else { Kind::Sandbox },
        api_key: reveal(KEY, 1)?,
        webhook_secrets: serde_json::from_str(&secrets).map_err(|e| Error::internal(e.to_string()))?,
        endpoint: row.text_opt(3)?.map(str::to_owned),
        grace_days: row.int(4)?,
        version: row.int(5)?,
    }))
}

/// A client of the tenant's account. One without an account gets one at the sandbox, where there is a sandbox.
///
/// # Errors
/// 409 `SUBSCRIPTION_PROVIDER_MISSING`; the provider cannot be asked.
pub(crate) async fn open<'a, P: SqlPlatform>(press: Press<'a, P>, sql: &P::Sql) -> Result<Client<'a, P>, ApiError> {
    if let Some(account) = find(press, sql).await? {
        return Ok(Client::new(press.p, account.kind, account.api_key));
    }
    if !has_sandbox(press.p).await? {
        let why = "this press has set up no provider of payments yet";
        return Err(ApiError::new(409, "SUBSCRIPTION_PROVIDER_MISSING", why));
    }
    let mut random = [0; 24];
    press.p.random(&mut random);
    let hex = random.iter().fold(String::new(), |hex, b| format!("{hex}{b:02x}"));
    let account = connect(press, Kind::Sandbox, format!("sk_sandbox_{hex}"), None).await?;
    keep(press, sql, &account, false).await?;
    // Of two who come at once the first has made it.
    let account = find(press, sql).await?.ok_or_else(|| Error::internal("an account was there and is not"))?;
    Ok(Client::new(press.p, account.kind, account.api_key))
}

/// Whether this deployment has a sandbox.
pub(crate) async fn has_sandbox<P: SqlPlatform>(p: &P) -> Result<bool, Error> {
    Ok(p.config(PAYMENTS_SANDBOX).await?.as_deref() == Some("on"))
}

/// An account with these keys. Without secrets of webhooks an endpoint is registered, which has one.
///
/// # Errors
/// The provider refuses the key, or cannot be asked.
pub(crate) async fn connect<P: SqlPlatform>(
    press: Press<'_, P>,
    kind: Kind,
    api_key: String,
    webhook_secrets: Option<Vec<String>>,
) -> Result<Account, ApiError> {
    let (endpoint, webhook_secrets) = match webhook_secrets {
        Some(secrets) => (None, secrets),
        None => {
            let version = Some(super::client::VERSION);
            let form = Hook { url: hook(press).await?, enabled_events: &EVENTS, api_version: version };
            let client = Client::new(press.p, kind, api_key.clone());
            let made: Endpoint =
                client.post("/v1/webhook_endpoints", &form, None).await.map_err(|error| match error {
                    // Here the key is the caller's to put right, and no account's that worked before.
                    ProviderError::Key => {
                        ApiError::new(422, "SUBSCRIPTION_PROVIDER_KEY_REFUSED", "the provider does not take this key")
                    }
                    error => error.into(),
                })?;
            (Some(made.id), vec![made.secret])
        }
    };
    Ok(Account { kind, api_key, webhook_secrets, endpoint, grace_days: 7, version: 0 })
}

/// Has the endpoint that was registered told of all that webhooks are asked for now, where the press is now: it may
/// have moved, and what is asked for grows. Without an endpoint of ours there is nothing to do.
///
/// # Errors
/// The provider cannot be asked.
pub(crate) async fn refresh<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    client: &Client<'_, P>,
) -> Result<(), ApiError> {
    let statement = "SELECT endpoint FROM payment_provider WHERE endpoint IS NOT NULL";
    let Some(row) = sql.query_opt(statement, &[]).await? else { return Ok(()) };
    let form = Hook { url: hook(press).await?, enabled_events: &EVENTS, api_version: None };
    match client.post::<Made>(&format!("/v1/webhook_endpoints/{}", row.text(0)?), &form, None).await {
        // Somebody has removed it there, and has reasons.
        Err(error) if !error.is_missing() => Err(error.into()),
        _ => Ok(()),
    }
}

/// What an endpoint is asked to be.
#[derive(Serialize)]
struct Hook<'a> {
    url: String,
    enabled_events: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<&'a str>,
}

/// Where the provider tells the press.
async fn hook<P: SqlPlatform>(press: Press<'_, P>) -> Result<String, ApiError> {
    Ok(format!("{}/v1/webhooks/payments", press.base_url().await?))
}

/// Keeps an account: in place of the one that is there, or where there is none.
pub(crate) async fn keep<P: SqlPlatform>(
    press: Press<'_, P>,
    sql: &P::Sql,
    account: &Account,
    replace: bool,
) -> Result<(), ApiError> {
    let conceal = |name, text: &str| press.secrets.conceal(press.p, press.tenant, name, text);
    let secrets = serde_json::json!(account.webhook_secrets).to_string();
    let row: [Value; 6] = [
        account.kind.name().into(),
        conceal(KEY, &account.api_key)?.into(),
        conceal(SECRETS, &secrets)?.into(),
        account.endpoint.as_ref().into(),
        account.grace_days.into(),
        replace.into(),
    ];
    let upsert = "INSERT INTO payment_provider AS a (kind, api_key, webhook_secrets, endpoint, grace_days) \
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::bigint) ON CONFLICT (single) DO UPDATE SET \
            kind = excluded.kind, api_key = excluded.api_key, webhook_secrets = excluded.webhook_secrets, \
            endpoint = excluded.endpoint, grace_days = excluded.grace_days, version = a.version + 1, \
            updated_at = now() WHERE $6::boolean";
    sql.execute(upsert, &row).await?;
    Ok(())
}
