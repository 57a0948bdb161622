//! `POST /v1/webhook-endpoints/ID/test`.

use aw_origin_data::{ask::Ask, events::Event};
use aw_platform::{ApiError, Response, SqlPlatform, rfc3339, uuid_v7};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{attempt::attempt, endpoint};

/// How a test went.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tested {
    /// Whether the endpoint took it: it answered 2xx.
    delivered: bool,
    /// What it answered.
    status: Option<u16>,
    /// Why it does not count as told.
    error: Option<String>,
    /// How long it took, in milliseconds.
    took_ms: u64,
}

/// Tells an endpoint of an event that never happened, now; whether it is enabled or not, and whatever it asks for.
pub(crate) async fn post<P: SqlPlatform>(ask: &Ask<'_, P>, id: Uuid) -> Result<Response<P>, ApiError> {
    let endpoint = endpoint::find(&ask.sql().await?, id).await?;
    let secret = endpoint::secret(ask.secrets, ask.tenant, &endpoint)?;
    let begun = ask.p.now();
    let event = Event {
        id: uuid_v7(ask.p).to_string(),
        cursor: endpoint.cursor.clone(),
        name: "user.webhook.tested".to_owned(),
        subject: endpoint.id.clone(),
        actor: ask.actor().to_owned(),
        data: json!({}),
        at: rfc3339(begun),
        position: 0,
    };
    let attempt = attempt(ask.p, ask.tenant, &endpoint.url, &secret, &event).await;
    Ok(ask.data(
        200,
        Tested {
            delivered: attempt.error.is_none(),
            status: attempt.status,
            error: attempt.error,
            took_ms: ask.p.now().saturating_sub(begun),
        },
    ))
}
