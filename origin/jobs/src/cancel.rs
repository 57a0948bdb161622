//! `DELETE /v1/jobs/{id}`: a job is not wanted any more.

use aw_ingress::Caller;
use aw_origin_data::{audit, input::actor};
use aw_platform::{ApiError, Platform, Result, Sql, SqlExt};
use serde_json::json;
use uuid::Uuid;

use crate::job::{self, State};

/// Cancels a job that waits or runs; its worker finds out with its next word. Done again it changes nothing.
///
/// # Errors
/// 404; 409 `JOBS_JOB_ENDED` for one that came to its end.
pub(crate) async fn cancel<P: Platform, S: Sql>(p: &P, sql: &S, caller: &Caller, id: Uuid) -> Result<(), ApiError> {
    sql.transaction(async |sql| {
        let select = "SELECT state, kind FROM jobs \
            WHERE id = $1::text::uuid AND ($2::text IS NULL OR owner = $2::text) FOR UPDATE";
        let row = sql.query_opt(select, &[id.into(), job::sees(caller).into()]).await?.ok_or_else(job::not_found)?;
        match State::parse(row.text(0)?) {
            Some(State::Canceled) => return Ok(()),
            Some(State::Waiting | State::Running) => {}
            _ => return Err(ApiError::new(409, "JOBS_JOB_ENDED", "this job has ended: there is nothing to cancel")),
        }
        let update = "UPDATE jobs SET state = 'canceled', lease = NULL, lease_until = NULL, ended_at = now(), \
            updated_at = now() WHERE id = $1::text::uuid";
        sql.execute(update, &[id.into()]).await?;
        let details = json!({ "kind": row.text(1)? });
        audit::record(p, sql, actor(caller), "jobs.job.canceled", &id.to_string(), details).await?;
        Ok(())
    })
    .await
}
