//! `GET /v1/jobs/{id}/link`: the result's bytes, for who asked for them, whatever their role.

use std::time::Duration;

use aw_blobs::{Blobs, Served};
use aw_model::file::disposition;
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt, rfc3339};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// How long a link lasts, in seconds.
const LIFE: u64 = 300;

/// Where the result is, for a while.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultLink {
    /// Where the object store gives it.
    url: String,
    /// RFC 3339.
    expires_at: String,
}

/// A link to the result of the job.
///
/// # Errors
/// 409 `JOBS_RESULT_NOT_THERE` where there is none, or it was deleted since.
pub(crate) async fn link<P: Platform, S: Sql>(p: &P, blobs: &Blobs, sql: &S, id: Uuid) -> Result<ResultLink, ApiError> {
    let select = "SELECT f.place, f.name, f.media_type FROM jobs j JOIN files f ON f.id = j.file \
        WHERE j.id = $1::text::uuid AND j.state = 'done' AND f.state = 'stored'";
    let none = || ApiError::new(409, "JOBS_RESULT_NOT_THERE", "the job has no result, or it was deleted since");
    let row = sql.query_opt(select, &[id.into()]).await?.ok_or_else(none)?;
    let served = Served {
        content_type: Some(row.text(2)?),
        disposition: Some(&disposition(true, row.text(1)?)),
        cache_control: Some("private, max-age=0"),
    };
    let url = blobs.presign_get_as(p, row.text(0)?, Duration::from_secs(LIFE), served)?;
    Ok(ResultLink { url, expires_at: rfc3339((p.now() / 1000 + LIFE) * 1000) })
}
