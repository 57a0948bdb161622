//! What a worker says of the job that it has: `POST /_aw/work/jobs/ID/progress`, `/complete`, `/fail`.

use aw_origin_data::audit;
use aw_platform::{ApiError, Error, Platform, Result, Sql, SqlExt, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{claim, job, workers};

/// How far a worker is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "JobWord")]
pub(crate) struct Word {
    lease: String,
    #[schemars(length(max = 100))]
    worker: String,
    #[schemars(range(min = 2, max = 600))]
    lease_seconds: i64,
    #[schemars(length(max = 100))]
    stage: String,
    #[schemars(range(min = 0))]
    done: i64,
    #[schemars(range(min = 0))]
    total: i64,
    /// What it is about to make: deleted by whoever follows if it does not come to its end.
    file: Option<Uuid>,
}

/// The job is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "JobOutcome")]
pub(crate) struct Outcome {
    lease: String,
    /// A stored file of the job's owner.
    file: Uuid,
    /// What whoever reads it should know.
    #[serde(default)]
    #[schemars(length(max = 50))]
    notes: Vec<String>,
}

/// The job came to nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "JobFailure")]
pub(crate) struct Failed {
    lease: String,
    /// Why, in words for who asked.
    reason: String,
    /// Whether another attempt could come to something.
    retry: bool,
}

/// What became of the job.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobBecame")]
pub(crate) struct Became {
    state: job::State,
}

fn lost() -> ApiError {
    ApiError::new(409, "JOBS_LEASE_LOST", "the job is not this worker's any more")
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

/// Notes how far the worker is, and leaves the job to it for another while.
///
/// # Errors
/// 409 `JOBS_LEASE_LOST`: it was canceled, or the worker was silent for too long.
pub(crate) async fn word<S: Sql>(control: &S, sql: &S, id: Uuid, word: &Word) -> Result<Became, ApiError> {
    if !(2..=600).contains(&word.lease_seconds) || word.done < 0 || word.total < word.done {
        return Err(ApiError::new(422, "JOBS_PROGRESS_INVALID", "done is at most total, leaseSeconds from 2 to 600"));
    }
    let params: [Value; 7] = [
        id.into(),
        (&word.lease).into(),
        word.lease_seconds.into(),
        shortened(&word.stage, 100).into(),
        word.done.into(),
        word.total.into(),
        word.file.map(|file| file.to_string()).into(),
    ];
    let update = "UPDATE jobs SET lease_until = now() + $3::bigint * interval '1 second', stage = $4::text, \
            done = $5::bigint, total = $6::bigint, file = coalesce($7::text::uuid, file), updated_at = now() \
        WHERE id = $1::text::uuid AND lease = $2::text RETURNING kind";
    let row = sql.query_opt(update, &params).await?.ok_or_else(lost)?;
    if !word.worker.is_empty() && word.worker.chars().count() <= 100 {
        workers::saw(control, &word.worker, row.text(0)?).await?;
    }
    Ok(Became { state: job::State::Running })
}

/// Ends the job with its result.
///
/// # Errors
/// 409 `JOBS_LEASE_LOST`; 422 `JOBS_RESULT_INVALID` for what is no stored file of who asked.
pub(crate) async fn complete<P: Platform, S: Sql>(
    p: &P,
    sql: &S,
    id: Uuid,
    result: &Outcome,
) -> Result<Became, ApiError> {
    let notes: Vec<String> = result.notes.iter().take(50).map(|note| shortened(note, 300)).collect();
    let notes = serde_json::to_string(&notes).map_err(|e| Error::internal(e.to_string()))?;
    sql.transaction(async |sql| {
        let params = [id.into(), (&result.lease).into(), result.file.into()];
        let select = "SELECT j.owner, EXISTS (SELECT 1 FROM files f WHERE f.id = $3::text::uuid AND f.state = 'stored' \
                AND f.owner = j.owner) \
            FROM jobs j WHERE j.id = $1::text::uuid AND j.lease = $2::text FOR UPDATE OF j";
        let row = sql.query_opt(select, &params).await?.ok_or_else(lost)?;
        if !row.bool(1)? {
            return Err(ApiError::new(422, "JOBS_RESULT_INVALID", "the result is no stored file of who asked for it"));
        }
        let update = "UPDATE jobs SET state = 'done', lease = NULL, lease_until = NULL, file = $3::text::uuid, \
                error = NULL, notes = $4::text, done = total, ended_at = now(), updated_at = now() \
            WHERE id = $1::text::uuid AND lease = $2::text";
        sql.execute(update, &[id.into(), (&result.lease).into(), result.file.into(), notes.into()]).await?;
        let details = json!({ "file": result.file });
        audit::record(p, sql, "operator", "jobs.job.done", &id.to_string(), details).await?;
        Ok(Became { state: job::State::Done })
    })
    .await
}

/// Ends the attempt; the job with it where no other could come to anything, or there were enough of them.
///
/// # Errors
/// 409 `JOBS_LEASE_LOST`.
pub(crate) async fn fail<P: Platform, S: Sql>(p: &P, sql: &S, id: Uuid, failed: &Failed) -> Result<Became, ApiError> {
    let reason = shortened(&failed.reason, 2000);
    let set = if failed.retry {
        format!("{}, {}", claim::again(), claim::later())
    } else {
        "state = 'dead', lease = NULL, lease_until = NULL, ended_at = now(), updated_at = now()".to_owned()
    };
    let update = format!(
        "UPDATE jobs SET {set}, error = $3::text WHERE id = $1::text::uuid AND lease = $2::text RETURNING state, kind"
    );
    sql.transaction(async |sql| {
        let params = [id.into(), (&failed.lease).into(), (&reason).into()];
        let row = sql.query_opt(&update, &params).await?.ok_or_else(lost)?;
        let state = job::State::parse(row.text(0)?).unwrap_or(job::State::Dead);
        if state == job::State::Dead {
            let details = json!({ "kind": row.text(1)?, "reason": reason });
            audit::record(p, sql, "operator", "jobs.job.died", &id.to_string(), details).await?;
        }
        Ok(Became { state })
    })
    .await
}
