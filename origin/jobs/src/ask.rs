//! A job is asked for.

use aw_ingress::Caller;
use aw_origin_data::{audit, input::actor, tenants};
use aw_platform::{ApiError, Platform, Result, Sql, uuid_v7};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::job::{self, Job};

/// A job that is wanted.
#[derive(Debug)]
pub struct New<'a> {
    /// Which workers do it: lower-case letters.
    pub kind: &'static str,
    /// What it is about, `KIND:ID`.
    pub subject: &'a str,
    /// How it is to be done; the worker gets it as it is.
    pub input: Value,
}

/// Makes the row in the caller's transaction over `sql`, the tenant's database; the job as it waits.
///
/// # Errors
/// 429 `TENANT_JOBS_EXCEEDED`; a database cannot be asked.
pub async fn ask<P: Platform, S: Sql>(
    p: &P,
    (control, sql): (&S, &S),
    caller: &Caller,
    tenant: &str,
    new: &New<'_>,
) -> Result<Job, ApiError> {
    tenants::admit_job(control, sql, tenant).await?;
    let id: Uuid = uuid_v7(p);
    let row = [id.into(), new.kind.into(), new.subject.into(), new.input.to_string().into(), actor(caller).into()];
    let insert = "INSERT INTO jobs (id, kind, subject, input, owner) \
        VALUES ($1::text::uuid, $2::text, $3::text, $4::text, $5::text)";
    sql.execute(insert, &row).await?;
    let details = json!({ "kind": new.kind, "subject": new.subject });
    audit::record(p, sql, actor(caller), "jobs.job.asked", &id.to_string(), details).await?;
    job::find(control, sql, None, id).await
}
