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
    /// Exports, imports and other long work that waits or runs.
    #[serde(default)]
    pub jobs: Option<u32>,
    /// Requests of everybody together that reach the origin.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub requests_per_minute: Option<u32>,
}

/// The most that a number in the database can say.
const MOST: u64 = i64::MAX as u64;

impl Quotas {
    /// Those of `tenant`, over a connection to the control database.
    ///
    /// # Errors
    /// The control database cannot be asked.
    pub async fn of<S: Sql>(control: &S, tenant: &str) -> Result<Self> {
        let statement = "SELECT members, stored_bytes, jobs, requests_per_minute \
            FROM tenant_quotas WHERE tenant = $1::text";
        let Some(row) = control.query_opt(statement, &[tenant.into()]).await? else { return Ok(Self::default()) };
        let number = |column| Ok::<_, aw_platform::Error>(row.int_opt(column)?.map(i64::unsigned_abs));
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Self {
            members: number(0)?.map(small),
            stored_bytes: number(1)?,
            jobs: number(2)?.map(small),
            requests_per_minute: number(3)?.map(small),
        })
    }

    /// Sets all of them.
    ///
    /// # Errors
    /// 404 `TENANT_NOT_FOUND`; 422 `TENANT_QUOTA_INVALID`; the control database cannot be asked.
    pub async fn set<S: Sql>(self, control: &S, tenant: &str) -> Result<(), ApiError> {
        let wrong = |why| Err(ApiError::new(422, "TENANT_QUOTA_INVALID", why));
        if self.requests_per_minute == Some(0) {
            return wrong("requestsPerMinute must be 1 or more: to stop a tenant, suspend it");
        }
        if self.stored_bytes.is_some_and(|bytes| bytes > MOST) {
            return wrong("storedBytes is more than there can be");
        }
        super::get(control, tenant).await?;
        let number = |n: Option<u64>| Value::from(n.map(|n| i64::try_from(n).unwrap_or(i64::MAX)));
        let row = [
            tenant.into(),
            self.members.into(),
            number(self.stored_bytes),
            self.jobs.into(),
            self.requests_per_minute.into(),
        ];
        let upsert = "INSERT INTO tenant_quotas (tenant, members, stored_bytes, jobs, requests_per_minute) \
            VALUES ($1::text, $2::bigint, $3::bigint, $4::bigint, $5::bigint) \
            ON CONFLICT (tenant) DO UPDATE SET members = excluded.members, stored_bytes = excluded.stored_bytes, \
                jobs = excluded.jobs, requests_per_minute = excluded.requests_per_minute";
        control.execute(upsert, &row).await?;
        Ok(())
    }
}

/// Lets a tenant have one account more, in the transaction that makes it (`sql`, the tenant's database): of two at once
/// the second waits for the first, so that a quota is never passed.
///
/// # Errors
/// 403 `TENANT_MEMBERS_EXCEEDED`; a database cannot be asked.
pub async fn admit_member<S: Sql>(control: &S, sql: &S, tenant: &str) -> Result<(), ApiError> {
    let Some(most) = Quotas::of(control, tenant).await?.members else { return Ok(()) };
    sql.query("SELECT pg_advisory_xact_lock(hashtext('members'))::text", &[]).await?;
    let row = sql.query_opt("SELECT count(*) FROM users", &[]).await?;
    let members = row.map_or(Ok(0), |row| row.int(0))?;
    if members.unsigned_abs() < u64::from(most) {
        return Ok(());
    }
    Err(ApiError::new(403, "TENANT_MEMBERS_EXCEEDED", format!("this press takes no more than {most} accounts")))
}
