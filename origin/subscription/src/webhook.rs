//! `POST /v1/webhooks/payments`: what the provider tells. It arrives late, twice, in any order or never; what is kept
//! is the same whatever happens, for each object is merged by what it says of itself (see [`crate::ledger`]).

use aw_platform::{ApiError, Response, Sql, SqlExt, SqlPlatform, Value, http::Method};
use aw_trust::webhook::{self, WebhookError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ask::Ask,
    entitlements,
    ledger::{self, Kind, Object, Told},
    press::Press,
    provider,
};

/// What happened, as the provider tells it; fields that are not named here do not matter.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Event {
    /// Its id: told again, it has the same.
    #[schemars(length(min = 1, max = 255))]
    id: String,
    /// What happened, such as `customer.subscription.updated`.
    #[serde(rename = "type")]
    #[schemars(length(max = 255))]
    kind: String,
    /// When, in seconds since 1970.
    created: i64,
    /// To what.
    data: EventData,
}

/// What an event is about.
#[derive(Debug, Deserialize, JsonSchema)]
struct EventData {
    /// The object as it was then.
    object: serde_json::Value,
}

/// What is answered to who tells.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Received {
    /// Always.
    received: bool,
    /// Whether it had been told before.
    duplicate: bool,
}

/// Answers it: 2xx for what needs not be told again, whatever it is; 5xx for what could not be kept now.
///
/// # Errors
/// 401 for a signature that is not the provider's; 400 for what is no event; the database.
pub(crate) async fn route<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    if ask.method() != Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    let mut headers = ask.headers().get_all("stripe-signature").iter();
    let header = headers.next().and_then(|v| v.to_str().ok()).filter(|_| headers.next().is_none()).unwrap_or_default();
    let sql = ask.sql().await?;
    let account = provider::find(ask.press(), &sql).await?;
    let secrets = account.map(|account| account.webhook_secrets).unwrap_or_default();
    webhook::verify(header, ask.body, &secrets, ask.p.now() / 1000).map_err(|error| {
        let code = match error {
            WebhookError::Malformed => "WEBHOOK_SIGNATURE_MALFORMED",
            WebhookError::Time => "WEBHOOK_SIGNATURE_EXPIRED",
            WebhookError::Signature => "WEBHOOK_SIGNATURE_INVALID",
        };
        ApiError::unauthorized(code, error.to_string())
    })?;
    let event: Event = serde_json::from_slice(ask.body)
        .map_err(|e| ApiError::bad_request("REQUEST_BODY_INVALID", format!("the body is no event: {e}")))?;
    let (new, void) = sql.transaction(async |sql| take(ask.press(), sql, &event).await).await?;
    if void {
        ask.push();
    }
    Ok(ask.data(200, Received { received: true, duplicate: !new }))
}

/// Keeps what an event tells, with all that follows from it. Gives whether it is new, and whether tokens became void.
async fn take<P: SqlPlatform>(press: Press<'_, P>, sql: &P::Sql, event: &Event) -> Result<(bool, bool), ApiError> {
    if event.id.is_empty() || event.id.len() > 255 || event.kind.len() > 255 {
        return Err(ApiError::bad_request("REQUEST_BODY_INVALID", "the body is no event"));
    }
    let insert =
        "INSERT INTO payment_events (id, type, at) VALUES ($1::text, $2::text, $3::bigint) ON CONFLICT DO NOTHING";
    let row: [Value; 3] = [(&event.id).into(), (&event.kind).into(), event.created.into()];
    if sql.execute(insert, &row).await? == 0 {
        return Ok((false, false));
    }
    let kind = match event.kind.as_str() {
        kind if kind.starts_with("customer.subscription.") => Some(Kind::Subscription),
        kind if kind.starts_with("checkout.session.") => Some(Kind::Checkout),
        "charge.refunded" => Some(Kind::Charge),
        kind if kind.starts_with("charge.dispute.") => Some(Kind::Dispute),
        "invoice.upcoming" | "invoice.created" => None,
        kind if kind.starts_with("invoice.") => Some(Kind::Invoice),
        _ => None,
    };
    let Some(kind) = kind else { return Ok((true, false)) };
    // Told again and again it would not be clearer: the reconciliation finds what it was about.
    let object = Object::read(kind, &event.data.object)
        .map_err(|e| ApiError::new(422, "SUBSCRIPTION_EVENT_UNREADABLE", format!("the event's object: {e}")))?;
    let told = Told { at: event.created, asked: false };
    let changed = ledger::keep(press, sql, told, &object).await?;
    let mut void = false;
    for user in &changed.users {
        void |= entitlements::derive(press.p, sql, user, ledger::ACTOR).await?;
    }
    Ok((true, void))
}
