//! An endpoint, as its keepers see it and as it is kept.

use aw_origin_data::secrets::Secrets;
use aw_platform::{ApiError, Error, FromSegment, Platform, Result, Row, Sql, SqlExt, Value, rfc3339};
use aw_trust::sealed;
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// A program elsewhere that is told of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    /// A UUID.
    pub(crate) id: String,
    /// Where it is.
    pub(crate) url: String,
    /// The names of events that it is told of; `content.book.*` and `*` are beginnings of names.
    pub(crate) events: Vec<String>,
    /// Whether it is told.
    pub(crate) enabled: bool,
    /// The cursor of the event up to which it has been told.
    pub(crate) cursor: String,
    /// Failures in a row.
    pub(crate) failures: u64,
    /// Since when it takes nothing, RFC 3339.
    pub(crate) failing_since: Option<String>,
    /// Why not.
    pub(crate) error: Option<String>,
    /// When it took something last, RFC 3339.
    pub(crate) delivered_at: Option<String>,
    /// RFC 3339.
    pub(crate) created_at: String,
    /// RFC 3339.
    pub(crate) updated_at: String,
    #[serde(skip)]
    pub(crate) version: i64,
    #[serde(skip)]
    pub(crate) sealed: Bytes,
}

/// The columns of [`from_row`].
pub(crate) const COLUMNS: &str = "id::text, url, names, disabled_at IS NULL, position, failures, \
    (extract(epoch FROM failing_since) * 1000)::bigint, error, (extract(epoch FROM delivered_at) * 1000)::bigint, \
    (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM updated_at) * 1000)::bigint, version, sealed";

/// An endpoint of [`COLUMNS`].
pub(crate) fn from_row(row: &Row) -> Result<Endpoint> {
    let at = |ms: i64| rfc3339(ms.unsigned_abs());
    Ok(Endpoint {
        id: row.text(0)?.to_owned(),
        url: row.text(1)?.to_owned(),
        events: serde_json::from_str(row.text(2)?).map_err(|e| Error::internal(e.to_string()))?,
        enabled: row.bool(3)?,
        cursor: row.int(4)?.to_string(),
        failures: row.int(5)?.unsigned_abs(),
        failing_since: row.int_opt(6)?.map(at),
        error: row.text_opt(7)?.map(str::to_owned),
        delivered_at: row.int_opt(8)?.map(at),
        created_at: at(row.int(9)?),
        updated_at: at(row.int(10)?),
        version: row.int(11)?,
        sealed: row.bytes(12)?.clone(),
    })
}

/// There is no such endpoint.
pub(crate) fn not_found() -> ApiError {
    ApiError::new(404, "WEBHOOK_ENDPOINT_NOT_FOUND", "there is no such endpoint")
}

/// A row's id from a path.
///
/// # Errors
/// 404 for what is none.
pub(crate) fn id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::from_segment(text).ok_or_else(not_found)
}

/// The endpoint with this id, locked until the transaction ends where there is one.
///
/// # Errors
/// 404 `WEBHOOK_ENDPOINT_NOT_FOUND`.
pub(crate) async fn find<S: Sql>(sql: &S, id: Uuid) -> Result<Endpoint, ApiError> {
    let statement = format!("SELECT {COLUMNS} FROM webhook_endpoints WHERE id = $1::text::uuid FOR UPDATE");
    let row = sql.query_opt(&statement, &[id.into()]).await?;
    Ok(from_row(&row.ok_or_else(not_found)?)?)
}

/// A page, by their ids.
pub(crate) async fn page<S: Sql>(sql: &S, after: Option<Uuid>, limit: u32) -> Result<Vec<Endpoint>> {
    let statement = format!(
        "SELECT {COLUMNS} FROM webhook_endpoints WHERE $1::text IS NULL OR id > $1::text::uuid \
         ORDER BY id LIMIT $2::bigint"
    );
    sql.query(&statement, &[Value::from(after), limit.into()]).await?.iter().map(from_row).collect()
}

fn context(tenant: &str, id: &str) -> String {
    format!("webhook {tenant} {id}")
}

/// A new secret, sealed for its row.
pub(crate) fn new_secret<P: Platform>(p: &P, secrets: &Secrets, tenant: &str, id: Uuid) -> Bytes {
    let (mut random, mut nonce) = ([0; 32], [0; sealed::NONCE]);
    p.random(&mut random);
    p.random(&mut nonce);
    let secret = format!("whsec_{}", BASE64URL_NOPAD.encode(&random));
    sealed::seal(secrets.vault(), &context(tenant, &id.to_string()), secret.as_bytes(), nonce).into()
}

/// An endpoint's secret, as it is written: `whsec_…`.
///
/// # Errors
/// It was sealed with another master key.
pub(crate) fn secret(secrets: &Secrets, tenant: &str, endpoint: &Endpoint) -> Result<String> {
    let opened = sealed::open(secrets.vault(), &context(tenant, &endpoint.id), &endpoint.sealed);
    opened
        .and_then(|secret| String::from_utf8(secret).ok())
        .ok_or_else(|| Error::internal("a webhook's secret was sealed with another master key"))
}
