//! `POST /v1/webhook-endpoints`.

use aw_origin_data::{
    ask::Ask,
    audit, events,
    idempotency::{self, Once},
};
use aw_platform::{ApiError, Response, Sql, SqlExt, SqlPlatform, Value, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    endpoint::{self, Endpoint},
    names, url,
};

/// The most endpoints of a tenant.
const MOST: i64 = 20;

/// An endpoint that is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewEndpoint {
    /// Where it is: `https` on a public host.
    #[schemars(length(min = 8, max = 1000))]
    url: String,
    /// The names of events that it is told of; `content.book.*` and `*` are beginnings of names. Left out: of all.
    #[schemars(length(min = 1, max = 50))]
    events: Option<Vec<String>>,
}

/// An endpoint with its secret, which is shown when it is made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeEndpoint {
    /// The endpoint.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// What deliveries are signed with: `whsec_…`.
    secret: String,
}

/// Makes an endpoint that is told of what happens from now on.
pub(crate) async fn post<P: SqlPlatform>(ask: &Ask<'_, P>) -> Result<Response<P>, ApiError> {
    let new: NewEndpoint = ask.json()?;
    url::check(&new.url, url::local(ask.p).await?)?;
    let names = new.events.unwrap_or_else(|| vec!["*".to_owned()]);
    names::check(&names)?;
    let parts = [b"POST".as_slice(), ask.head.uri.path().as_bytes(), ask.body];
    let once = Once::from_headers(&ask.head.headers, ask.actor(), &parts)?;
    let sql = ask.sql().await?;
    let last = events::number(&sql).await?;
    let (status, kept) = idempotency::run(&sql, once.as_ref(), async |sql| {
        // The table's lock makes the count one that holds.
        sql.execute("LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE", &[]).await?;
        let count = sql.query_opt("SELECT count(*) FROM webhook_endpoints", &[]).await?;
        if count.map_or(Ok(0), |row| row.int(0))? >= MOST {
            let why = format!("a press has at most {MOST} endpoints");
            return Err(ApiError::new(409, "WEBHOOK_ENDPOINTS_TOO_MANY", why));
        }
        let id = uuid_v7(ask.p);
        let secret = endpoint::new_secret(ask.p, ask.secrets, ask.tenant, id);
        let row: [Value; 5] =
            [id.into(), (&new.url).into(), json!(names).to_string().into(), secret.into(), last.into()];
        let insert = "INSERT INTO webhook_endpoints (id, url, names, sealed, position) \
            VALUES ($1::text::uuid, $2::text, $3::text, $4::bytea, $5::bigint)";
        sql.execute(insert, &row).await?;
        let details = json!({ "url": new.url, "events": names });
        audit::record(ask.p, sql, ask.actor(), "user.webhook.created", &id.to_string(), details).await?;
        // The secret is read anew below, so that it is not kept with the answer.
        Ok((201, json!(id.to_string())))
    })
    .await?;
    let endpoint = endpoint::find(&sql, endpoint::id(kept.as_str().unwrap_or_default())?).await?;
    let secret = endpoint::secret(ask.secrets, ask.tenant, &endpoint)?;
    let version = endpoint.version;
    Ok(ask.versioned(status, MadeEndpoint { endpoint, secret }, version))
}
