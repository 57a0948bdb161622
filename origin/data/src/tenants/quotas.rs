//! What a tenant may use.

use aw_platform::{ApiError, Result, Sql, SqlExt, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A tenant's quotas; `null` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quotas {
    /// Accounts.
    #[serde(default)]
    #[schemars(range(max = 4_294_967_295_u32))]
    pub members: Option<u32>,
    /// Bytes in the object store, of files that were uploaded.
    #[serde(default)]
    #[schemars(range(max = 1_000_000_000_000_000_i64))]
    pub stored_bytes: Option<u64>,
    /// Requests of everybody together that reach the origin.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub requests_per_minute: Option<u32>,
    /// Jobs (exports as PDF) that wait or run at once.
    #[serde(default)]
    #[schemars(range(max = 4_294_967_295_u32))]
    pub jobs: Option<u32>,
}

/// The most that may be stored, in bytes: a petabyte.
const MOST: i64 = 1_000_000_000_000_000;
/// How many jobs may wait or run at once where nothing else was said: the default of the column.
const JOBS: u32 = 20;

impl Quotas {
    /// Those of `tenant`, over connections to the control database and to its own.
    ///
    /// # Errors
    /// A database cannot be asked.
    pub async fn of<S: Sql>(control: &S, sql: &S, tenant: &str) -> Result<Self> {
        let statement = "SELECT members, requests_per_minute, jobs FROM tenant_quotas WHERE tenant = $1::text";
        let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let (members, requests_per_minute, jobs) = match control.query_opt(statement, &[tenant.into()]).await? {
            Some(row) => (row.int_opt(0)?.map(small), row.int_opt(1)?.map(small), small(row.int(2)?)),
            None => (None, None, JOBS),
        };
        let stored = sql.query_opt("SELECT quota_bytes FROM storage", &[]).await?;
        let stored_bytes = stored.map(|row| row.int(0)).transpose()?.map(i64::unsigned_abs);
        Ok(Self { members, stored_bytes, requests_per_minute, jobs: Some(jobs) })
    }

    /// Sets those that are named, and removes the limits that are not; what may be stored, and how many jobs, stays
    /// where it is not named.
    ///
    /// # Errors
    /// 404 `TENANT_NOT_FOUND`; 422 `TENANT_QUOTA_INVALID`; a database cannot be asked.
    pub async fn set<S: Sql>(self, control: &S, sql: &S, tenant: &str) -> Result<Self, ApiError> {
        let wrong = |why| ApiError::new(422, "TENANT_QUOTA_INVALID", why);
        if self.requests_per_minute == Some(0) {
            return Err(wrong("requestsPerMinute must be 1 or more: to stop a tenant, suspend it"));
        }
        let stored = self.stored_bytes.map(|bytes| i64::try_from(bytes).ok().filter(|bytes| *bytes <= MOST));
        let stored =
            stored.map(|bytes| bytes.ok_or_else(|| wrong("storedBytes is more than there can be"))).transpose()?;
        super::get(control, tenant).await?;
        let row = [tenant.into(), self.members.into(), self.requests_per_minute.into(), self.jobs.into(), JOBS.into()];
        let upsert = "INSERT INTO tenant_quotas AS q (tenant, members, requests_per_minute, jobs) \
            VALUES ($1::text, $2::bigint, $3::bigint, coalesce($4::bigint, $5::bigint)) \
            ON CONFLICT (tenant) DO UPDATE SET members = excluded.members, \
                requests_per_minute = excluded.requests_per_minute, jobs = coalesce($4::bigint, q.jobs)";
        control.execute(upsert, &row).await?;
        if let Some(bytes) = stored {
            sql.execute("UPDATE storage SET quota_bytes = $1::bigint", &[Value::Int(bytes)]).await?;
        }
        Ok(Self::of(control, sql, tenant).await?)
    }
}

/// Lets a tenant have one account more, in the transaction that makes it (`sql`, the tenant's database): of two at once
/// the second waits for the first, so that a quota is never passed.
///
/// # Errors
/// 403 `TENANT_MEMBERS_EXCEEDED`; a database cannot be asked.
pub async fn admit_member<S: Sql>(control: &S, sql: &S, tenant: &str) -> Result<(), ApiError> {
    let quota = "SELECT members FROM tenant_quotas WHERE tenant = $1::text";
    let most = control.query_opt(quota, &[tenant.into()]).await?.map(|row| row.int_opt(0)).transpose()?.flatten();
    let Some(most) = most else { return Ok(()) };
    sql.query("SELECT pg_advisory_xact_lock(hashtext('members'))::text", &[]).await?;
    let row = sql.query_opt("SELECT count(*) FROM users WHERE deleted_at IS NULL", &[]).await?;
    let members = row.map_or(Ok(0), |row| row.int(0))?;
    if members < most {
        return Ok(());
    }
    Err(ApiError::new(403, "TENANT_MEMBERS_EXCEEDED", format!("this press takes no more than {most} accounts")))
}

/// Lets a tenant have one job more, in the transaction that makes it (`sql`, the tenant's database), as
/// [`admit_member`] does.
///
/// # Errors
/// 429 `TENANT_JOBS_EXCEEDED`; a database cannot be asked.
pub async fn admit_job<S: Sql>(control: &S, sql: &S, tenant: &str) -> Result<(), ApiError> {
    let quota = "SELECT jobs FROM tenant_quotas WHERE tenant = $1::text";
    let most = control.query_opt(quota, &[tenant.into()]).await?.map_or(Ok(JOBS.into()), |row| row.int(0))?;
    sql.query("SELECT pg_advisory_xact_lock(hashtext('jobs'))::text", &[]).await?;
    let row = sql.query_opt("SELECT count(*) FROM jobs WHERE ended_at IS NULL", &[]).await?;
    if row.map_or(Ok(0), |row| row.int(0))? < most {
        return Ok(());
    }
    let why = format!("{most} jobs may wait or run here at once, and so many do: wait for one, or cancel one");
    Err(ApiError::new(429, "TENANT_JOBS_EXCEEDED", why).retry_after(30))
}
