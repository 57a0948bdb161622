//! `PATCH` and `DELETE /v1/webhook-endpoints/ID`.

use aw_origin_data::{answer, ask::Ask, audit, events};
use aw_platform::{ApiError, Response, SqlExt, SqlPlatform, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    endpoint::{self, COLUMNS, from_row},
    names, url,
};

/// What is to change.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EndpointChange {
    /// Where it is: `https` on a public host.
    #[schemars(length(min = 8, max = 1000))]
    url: Option<String>,
    /// The names of events that it is told of.
    #[schemars(length(min = 1, max = 50))]
    events: Option<Vec<String>>,
    /// Whether it is told. One that is enabled again is told of what happens from then on.
    enabled: Option<bool>,
}

/// Changes an endpoint. Its failures are forgotten, and it is told again at once.
pub(crate) async fn patch<P: SqlPlatform>(ask: &Ask<'_, P>, id: Uuid) -> Result<Response<P>, ApiError> {
    let expected = ask.expected()?;
    let change: EndpointChange = ask.json()?;
    if let Some(url) = &change.url {
        url::check(url, url::local(ask.p).await?)?;
    }
    change.events.as_deref().map_or(Ok(()), names::check)?;
    let sql = ask.sql().await?;
    let last = events::number(&sql).await?;
    let endpoint = sql
        .transaction(async |sql| {
            let there = endpoint::find(sql, id).await?;
            expected.check(there.version)?;
            let enabled = change.enabled.unwrap_or(there.enabled);
            let row: [Value; 5] = [
                id.into(),
                change.url.as_ref().into(),
                change.events.as_ref().map(|names| json!(names).to_string()).into(),
                enabled.into(),
                Value::from(if enabled && !there.enabled { Some(last) } else { None }),
            ];
            // Without its lease whoever is telling it gives up.
            let update = format!(
                "UPDATE webhook_endpoints SET url = coalesce($2::text, url), names = coalesce($3::text, names), \
                    disabled_at = CASE WHEN NOT $4::boolean THEN coalesce(disabled_at, now()) END, \
                    position = greatest(position, $5::bigint), lease = NULL, due_at = now(), failures = 0, \
                    failing_since = NULL, error = NULL, version = version + 1, updated_at = now() \
                 WHERE id = $1::text::uuid RETURNING {COLUMNS}"
            );
            let row = sql.query_opt(&update, &row).await?.ok_or_else(endpoint::not_found)?;
            let endpoint = from_row(&row)?;
            let details = json!({ "url": endpoint.url, "events": endpoint.events, "enabled": endpoint.enabled });
            audit::record(ask.p, sql, ask.actor(), "user.webhook.changed", &endpoint.id, details).await?;
            Ok::<_, ApiError>(endpoint)
        })
        .await?;
    let version = endpoint.version;
    Ok(ask.versioned(200, endpoint, version))
}

/// Removes an endpoint: it is told nothing more, but for what is on its way.
pub(crate) async fn delete<P: SqlPlatform>(ask: &Ask<'_, P>, id: Uuid) -> Result<Response<P>, ApiError> {
    let sql = ask.sql().await?;
    sql.transaction(async |sql| {
        let delete = "DELETE FROM webhook_endpoints WHERE id = $1::text::uuid RETURNING url";
        let row = sql.query_opt(delete, &[id.into()]).await?.ok_or_else(endpoint::not_found)?;
        let details = json!({ "url": row.text(0)? });
        audit::record(ask.p, sql, ask.actor(), "user.webhook.removed", &id.to_string(), details).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    Ok(answer::nothing::<P>())
}
