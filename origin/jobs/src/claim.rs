//! A worker asks for work: `POST /_aw/work/jobs`.

use aw_ingress::Caller;
use aw_migrations::tenant_database;
use aw_origin_data::{due, tenants};
use aw_platform::{ApiError, Error, Result, Sql, SqlExt, SqlPlatform, uuid_v7};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::workers;

/// How often a job is begun before it is given up.
pub(crate) const ATTEMPTS: i64 = 5;
/// The wait after the first attempt, in seconds; each further one is twice as long.
const WAIT: i64 = 5;
/// How long jobs that ended are kept, in days.
const KEPT: i64 = 30;

/// A worker that is free.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "FreeWorker")]
pub(crate) struct Free {
    /// Its name: another one for each that runs.
    #[schemars(length(min = 1, max = 100))]
    worker: String,
    /// Of the jobs that it does.
    #[schemars(regex(pattern = "^[a-z]{1,20}$"))]
    kind: String,
    /// How long it may be silent before the job is another's.
    #[schemars(range(min = 2, max = 600))]
    lease_seconds: i64,
}

/// A job that a worker has now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LeasedJob")]
pub(crate) struct Leased {
    tenant: String,
    id: Uuid,
    /// The right to work on it, for `leaseSeconds` after each word of the worker.
    lease: String,
    subject: String,
    input: serde_json::Value,
    owner: String,
    /// This one included.
    attempts: i64,
    /// What an earlier attempt was about to make, and did not: the worker deletes it.
    file: Option<Uuid>,
}

/// What there is to do; `null` for nothing.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobWork")]
pub(crate) struct Work {
    job: Option<Leased>,
}

impl Free {
    fn check(&self) -> Result<(), ApiError> {
        let kind = (1..=20).contains(&self.kind.len()) && self.kind.bytes().all(|b| b.is_ascii_lowercase());
        let named = (1..=100).contains(&self.worker.chars().count()) && !self.worker.contains('\0');
        if kind && named && (2..=600).contains(&self.lease_seconds) {
            return Ok(());
        }
        let why =
            "a worker has a name of 1 to 100 characters, a kind of lower-case letters, leaseSeconds from 2 to 600";
        Err(ApiError::new(422, "JOBS_WORKER_INVALID", why))
    }
}

/// Leases the job that is due for the longest in some tenant. Each call begins with another tenant, so that a busy one
/// does not keep the others waiting.
///
/// # Errors
/// 403 for anyone but the operator; 422; a database cannot be asked. What fails in a tenant is recorded.
pub(crate) async fn claim<P: SqlPlatform>(p: &P, caller: &Caller, free: &Free) -> Result<Work, ApiError> {
    caller.require_operator()?;
    free.check()?;
    let control = p.sql(aw_model::names::CONTROL_DB).await?;
    workers::saw(&control, &free.worker, &free.kind).await?;
    drop(control);
    for tenant in &tenants::in_turn(p).await? {
        match in_tenant(p, tenant, free).await {
            Ok(None) => {}
            Ok(job) => return Ok(Work { job }),
            Err(error) => due::failed(p, "jobs", tenant, None, &error.into()),
        }
    }
    Ok(Work { job: None })
}

async fn in_tenant<P: SqlPlatform>(p: &P, tenant: &str, free: &Free) -> Result<Option<Leased>> {
    let sql = &p.sql(&tenant_database(tenant)).await?;
    // Of most tenants, most of the time, this is all that is asked.
    let any = "SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'waiting' AND kind = $1::text AND due_at <= now()) \
        OR EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND lease_until < now()) \
        OR EXISTS (SELECT 1 FROM jobs WHERE ended_at < now() - $2::bigint * interval '1 day')";
    let due = sql.query_opt(any, &[(&free.kind).into(), KEPT.into()]).await?;
    if !due.map_or(Ok(false), |row| row.bool(0))? {
        return Ok(None);
    }
    sweep(sql).await?;
    let lease = uuid_v7(p).simple().to_string();
    let claim = "WITH due AS (SELECT id FROM jobs WHERE state = 'waiting' AND kind = $1::text AND due_at <= now() \
            ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) \
        UPDATE jobs j SET state = 'running', lease = $2::text, lease_until = now() + $3::bigint * interval '1 second', \
            attempts = j.attempts + 1, stage = '', done = 0, total = 0, updated_at = now() \
        FROM due WHERE j.id = due.id \
        RETURNING j.id::text, j.subject, j.input, j.owner, j.attempts, j.file::text";
    let params = [(&free.kind).into(), (&lease).into(), free.lease_seconds.into()];
    let Some(row) = sql.query_opt(claim, &params).await? else { return Ok(None) };
    let uuid = |text: &str| text.parse().map_err(|_| Error::internal("a job has an id that is none"));
    Ok(Some(Leased {
        tenant: tenant.to_owned(),
        id: uuid(row.text(0)?)?,
        lease,
        subject: row.text(1)?.to_owned(),
        input: serde_json::from_str(row.text(2)?).map_err(|e| Error::internal(e.to_string()))?,
        owner: row.text(3)?.to_owned(),
        attempts: row.int(4)?,
        file: row.text_opt(5)?.map(uuid).transpose()?,
    }))
}

/// Takes the jobs of workers that are gone from them, and forgets what ended long ago.
async fn sweep<S: Sql>(sql: &S) -> Result<()> {
    let lost = format!(
        "UPDATE jobs SET {} , error = 'the worker ended before it was done', \
            due_at = lease_until + {WAIT} * power(2, attempts - 1) * interval '1 second' \
        WHERE id IN (SELECT id FROM jobs WHERE state = 'running' AND lease_until < now() FOR UPDATE SKIP LOCKED)",
        again()
    );
    sql.execute(&lost, &[]).await?;
    let old = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs \
        WHERE ended_at < now() - $1::bigint * interval '1 day' ORDER BY ended_at LIMIT 100 FOR UPDATE SKIP LOCKED)";
    sql.execute(old, &[KEPT.into()]).await.map(drop)
}

/// What is set of a job that came to nothing: it waits again, or has been tried often enough.
pub(crate) fn again() -> String {
    format!(
        "state = CASE WHEN attempts >= {ATTEMPTS} THEN 'dead' ELSE 'waiting' END, lease = NULL, lease_until = NULL, \
            ended_at = CASE WHEN attempts >= {ATTEMPTS} THEN now() END, updated_at = now()"
    )
}

/// When a job that failed now is due again.
pub(crate) fn later() -> String {
    format!("due_at = now() + {WAIT} * power(2, attempts - 1) * interval '1 second'")
}
